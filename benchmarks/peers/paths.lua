-- For wrk: asks for the addresses of a file in turn, and says at the end what came of it.
local paths, at = {}, 0
for path in io.lines(os.getenv("PATHS")) do
  paths[#paths + 1] = path
end

request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

done = function(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "bytes": %d, "microseconds": %d, "failed": %d}\n',
    summary.requests, summary.bytes, summary.duration, failed))
end
