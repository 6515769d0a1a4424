// tus-js-client, unmodified. Usage: node tus-client.mjs ENDPOINT TOKEN FILE MODE
// Modes: whole (one request), pieces (1 MiB each), parallel-free resume (stop half-way, go on),
// creation (bytes come with the creation), terminate (stop and take it back).
// Prints the upload's address.
import { createReadStream, readFileSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [endpoint, token, path, mode] = process.argv.slice(2);
const content = readFileSync(path);
const headers = { Authorization: `Bearer ${token}` };
const base = { endpoint, headers, retryDelays: [100, 300, 1000], uploadSize: content.length };

const run = (source, options) =>
  new Promise((resolve, reject) => {
    const upload = new Upload(source, {
      ...base,
      ...options,
      onError: reject,
      onSuccess: () => resolve(upload),
      onChunkComplete: (_size, accepted) => options.onPiece?.(upload, accepted, resolve),
    });
    upload.start();
  });

const modes = {
  whole: () => run(content, {}),
  pieces: () => run(content, { chunkSize: 2 ** 20 }),
  stream: () => run(createReadStream(path), { chunkSize: 2 ** 20 }),
  creation: () => run(content, { uploadDataDuringCreation: true, chunkSize: 2 ** 20 }),
  resume: async () => {
    const half = await run(content, {
      chunkSize: 2 ** 20,
      onPiece: (upload, accepted, resolve) => {
        if (accepted > content.length / 2) void upload.abort().then(() => resolve(upload));
      },
    });
    return run(content, { uploadUrl: half.url });
  },
  terminate: async () => {
    const half = await run(content, {
      chunkSize: 2 ** 20,
      onPiece: (upload, _accepted, resolve) => void upload.abort(true).then(() => resolve(upload)),
    });
    return half;
  },
};

const upload = await modes[mode]();
console.log(upload.url);
