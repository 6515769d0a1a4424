-- For wrk: sends the requests of a file in turn, from its own place in it on. A line is a method, an
-- address, a token and a body, apart by tabs. Says at the end what came of it.
local lines, ready, at = {}, {}, tonumber(os.getenv("FROM")) or 0
for line in io.lines(os.getenv("REQUESTS")) do
  lines[#lines + 1] = line
end

init = function()
  for number, line in ipairs(lines) do
    local method, path, token, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = {["Authorization"] = "Bearer " .. token}
    if body == "" then
      body = nil
    else
      headers["Content-Type"] = "application/json"
    end
    ready[number] = wrk.format(method, path, headers, body)
  end
end

request = function()
  at = at % #ready + 1
  return ready[at]
end

done = function(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "bytes": %d, "microseconds": %d, "failed": %d}\n',
    summary.requests, summary.bytes, summary.duration, failed))
end
