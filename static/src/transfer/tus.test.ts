import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import type { AddressInfo } from "node:net";

import { Problem } from "../api/problem.ts";
import { owned, type Bytes } from "../crypto/bytes.ts";
import { pauseBefore, sendUpload, terminateUpload, type Transport, type TusJob, type TusLimits } from "./tus.ts";

interface Stored {
  bytes: Buffer;
  readonly length: number;
  readonly metadata: string;
}

/** What goes wrong at the nth request: nothing is kept, half is kept, all is kept but unanswered, or a refusal. */
type Mishap = "cut-before" | "cut-half" | "cut-after" | number;

/** A tus server that follows the protocol to the letter and fails when told to. */
class TusServer {
  readonly uploads = new Map<string, Stored>();
  readonly log: string[] = [];
  readonly mishaps = new Map<number, Mishap>();
  #requests = 0;
  #ids = 0;

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const mishap = this.mishaps.get(this.#requests);
    this.#requests += 1;
    this.log.push(`${request.method ?? ""} ${body.length}`);
    if (mishap === "cut-before") return void request.socket.destroy();
    if (typeof mishap === "number") return refuse(response, mishap);
    const kept = mishap === "cut-half" ? body.subarray(0, body.length >> 1) : body;
    if (mishap === "cut-half" || mishap === "cut-after") {
      this.#answer(request, kept, null);
      return void request.socket.destroy();
    }
    this.#answer(request, kept, response);
  }

  #answer(request: IncomingMessage, body: Buffer, response: ServerResponse | null): void {
    if (request.method === "POST") return this.#create(request, body, response);
    const id = request.url?.split("/").at(-1) ?? "";
    const upload = this.uploads.get(id);
    if (upload === undefined) return refuse(response, 404);
    if (request.method === "DELETE") {
      this.uploads.delete(id);
      return reply(response, 204, {});
    }
    if (request.method === "PATCH") {
      if (Number(request.headers["upload-offset"]) !== upload.bytes.length) return refuse(response, 409);
      if (response !== null && !matches(request, body)) return refuse(response, 460);
      upload.bytes = Buffer.concat([upload.bytes, body]);
    }
    reply(response, request.method === "HEAD" ? 200 : 204, { "Upload-Offset": upload.bytes.length, "Upload-Length": upload.length });
  }

  #create(request: IncomingMessage, body: Buffer, response: ServerResponse | null): void {
    this.#ids += 1;
    const id = `00000000-0000-7000-8000-${String(this.#ids).padStart(12, "0")}`;
    if (response !== null && body.length > 0 && !matches(request, body)) return refuse(response, 460);
    this.uploads.set(id, { bytes: body, length: Number(request.headers["upload-length"]), metadata: String(request.headers["upload-metadata"]) });
    reply(response, 201, { Location: `/api/v1/uploads/${id}`, "Upload-Offset": body.length });
  }
}

function matches(request: IncomingMessage, body: Buffer): boolean {
  return request.headers["upload-checksum"] === `sha256 ${createHash("sha256").update(body).digest("base64")}`;
}

function reply(response: ServerResponse | null, status: number, headers: Record<string, string | number>): void {
  response?.writeHead(status, headers).end();
}

function refuse(response: ServerResponse | null, status: number): void {
  response?.writeHead(status, { "Content-Type": "application/problem+json" }).end("{}");
}

/** One request over a connection of its own. */
function exchange(url: string, method: string, headers: Record<string, string>, body: Buffer, signal?: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, ...(signal && { signal }) }, (incoming) => {
      const found = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
      incoming.resume();
      resolve(new Response(null, { status: incoming.statusCode ?? 0, headers: found }));
    });
    outgoing.on("error", (error) => {
      reject(signal?.aborted === true ? error : new Problem("offline", "No connection."));
    });
    outgoing.end(body);
  });
}

async function started(context: TestContext): Promise<{ server: TusServer; send: Transport }> {
  const server = new TusServer();
  const http = createServer((request, response) => void server.handle(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  context.after(() => { http.closeAllConnections(); http.close(); });
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const send: Transport = async ({ method, path, headers, body, signal }) => {
    const bytes = await new Response(body ?? null).arrayBuffer();
    const response = await exchange(origin + path, method, { ...headers }, Buffer.from(new Uint8Array(bytes)), signal);
    if (!response.ok) throw new Problem("refused", "Refused.", response.status);
    return response;
  };
  return { server, send };
}

const LIMITS: TusLimits = { chunkBytes: 1000, smallBytes: 100, wholeBytes: 0 };

function content(size: number): Bytes {
  return owned(Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255));
}

interface Run {
  readonly created: string[];
  readonly progress: number[];
  readonly network: boolean[];
  readonly pauses: number[];
  run(uploadId?: string | null): Promise<string>;
}

function uploader(bytes: Bytes, send: Transport, signal = new AbortController().signal): Run {
  const run: Run = { created: [], progress: [], network: [], pauses: [], run: (uploadId = null) => sendUpload({ ...job, uploadId }, ports) };
  const sha256 = owned(createHash("sha256").update(bytes).digest());
  const job: Omit<TusJob, "uploadId"> = {
    content: new Blob([bytes]), sha256, signal,
    metadata: { image: "i", part: "original", version: "1" },
    onCreated: (id) => Promise.resolve(void run.created.push(id)),
    onProgress: (sent) => run.progress.push(sent),
    onNetwork: (isLost) => run.network.push(isLost),
  };
  const ports = {
    send, limits: LIMITS, random: () => 0.5,
    pause: (milliseconds: number, stop: AbortSignal) => {
      run.pauses.push(milliseconds);
      return stop.aborted ? Promise.reject(stop.reason as Error) : Promise.resolve();
    },
  };
  return run;
}

const only = (server: TusServer): Stored => {
  const [stored] = [...server.uploads.values()].slice(-1);
  assert.ok(stored, "something is stored");
  return stored;
};

for (const size of [0, 1, 99, 100]) {
  test(`a small part of ${size} bytes goes in one request`, async (context) => {
    const { server, send } = await started(context);
    const bytes = content(size);
    await uploader(bytes, send).run();
    assert.deepEqual(server.log, [`POST ${size}`]);
    assert.deepEqual(only(server).bytes, Buffer.from(bytes));
  });
}

for (const size of [101, 999, 1000, 1001, 2500]) {
  test(`a part of ${size} bytes goes in pieces of the agreed size`, async (context) => {
    const { server, send } = await started(context);
    const bytes = content(size);
    const run = uploader(bytes, send);
    await run.run();
    assert.equal(server.log.length, 1 + Math.ceil(size / LIMITS.chunkBytes));
    assert.deepEqual(only(server).bytes, Buffer.from(bytes));
    assert.equal(run.progress.at(-1), size);
  });
}

test("only ids are told to the server", async (context) => {
  const { server, send } = await started(context);
  await uploader(content(10), send).run();
  assert.equal(only(server).metadata, `image ${btoa("i")},part ${btoa("original")},version ${btoa("1")}`);
});

for (const mishap of ["cut-before", "cut-half", "cut-after"] as const) {
  for (let at = 1; at <= 5; at += 1) {
    test(`a connection cut (${mishap}) at request ${at} loses nothing and repeats nothing`, async (context) => {
      const { server, send } = await started(context);
      server.mishaps.set(at, mishap);
      const bytes = content(4500);
      const run = uploader(bytes, send);
      await run.run();
      assert.deepEqual(only(server).bytes, Buffer.from(bytes));
      assert.equal(run.created.length, 1);
      assert.deepEqual(run.network, [true, false]);
    });
  }
}

test("twenty cuts in a row are waited out, each longer than the last until the longest", async (context) => {
  const { server, send } = await started(context);
  for (let at = 1; at <= 20; at += 1) server.mishaps.set(at, "cut-before");
  const bytes = content(1500);
  const run = uploader(bytes, send);
  await run.run();
  assert.deepEqual(only(server).bytes, Buffer.from(bytes));
  assert.equal(run.pauses.length, 20);
  assert.equal(run.pauses.every((pause, at) => pause >= (run.pauses[at - 1] ?? 0) && pause <= 30_000), true);
});

for (const status of [409, 423, 460, 429, 500, 503]) {
  test(`after a refusal with ${status} the server is asked where it stands`, async (context) => {
    const { server, send } = await started(context);
    server.mishaps.set(2, status);
    const bytes = content(2500);
    await uploader(bytes, send).run();
    assert.equal(server.log[3], "HEAD 0");
    assert.deepEqual(only(server).bytes, Buffer.from(bytes));
  });
}

for (const status of [400, 413, 415, 507]) {
  test(`a refusal with ${status} is final`, async (context) => {
    const { server, send } = await started(context);
    server.mishaps.set(1, status);
    await assert.rejects(uploader(content(2500), send).run(), (error) => error instanceof Problem && error.status === status);
    assert.equal(server.log.length, 2);
  });
}

test("a server that stays broken is given up in the end", async (context) => {
  const { server, send } = await started(context);
  for (let at = 1; at < 40; at += 1) server.mishaps.set(at, 500);
  await assert.rejects(uploader(content(2500), send).run(), (error) => error instanceof Problem && error.status === 500);
});

test("an upload that expired begins again", async (context) => {
  const { server, send } = await started(context);
  const bytes = content(2500);
  const run = uploader(bytes, send);
  await run.run("00000000-0000-7000-8000-999999999999");
  assert.deepEqual(server.log.slice(0, 2), ["HEAD 0", "POST 0"]);
  assert.deepEqual(only(server).bytes, Buffer.from(bytes));
  assert.equal(run.created.length, 1);
});

test("an upload of another length is not continued", async (context) => {
  const { server, send } = await started(context);
  const first = await uploader(content(1500), send).run();
  const bytes = content(2500);
  const second = await uploader(bytes, send).run(first);
  assert.notEqual(second, first);
  assert.deepEqual(only(server).bytes, Buffer.from(bytes));
});

test("a stopped upload goes on from where the server is", async (context) => {
  const { server, send } = await started(context);
  const bytes = content(4500);
  const stop = new AbortController();
  const first = uploader(bytes, async (ask) => {
    const response = await send(ask);
    if (response.headers.get("Upload-Offset") === "2000") stop.abort();
    return response;
  }, stop.signal);
  await assert.rejects(first.run(), { name: "AbortError" });
  const [id] = first.created;
  assert.ok(id, "there is an entry");
  server.log.length = 0;
  await uploader(bytes, send).run(id);
  assert.deepEqual(server.log, ["HEAD 0", "PATCH 1000", "PATCH 1000", "PATCH 500"]);
  assert.deepEqual(only(server).bytes, Buffer.from(bytes));
});

test("an upload can be given up, and giving up twice is harmless", async (context) => {
  const { server, send } = await started(context);
  const id = await uploader(content(10), send).run();
  await terminateUpload(id, send);
  await terminateUpload(id, send);
  assert.equal(server.uploads.size, 0);
});

test("pauses double, are spread, and respect what the server asks", () => {
  assert.equal(pauseBefore(1, undefined, 1), 500);
  assert.equal(pauseBefore(1, undefined, 0), 250);
  assert.equal(pauseBefore(4, undefined, 1), 4000);
  assert.equal(pauseBefore(50, undefined, 1), 30_000);
  assert.equal(pauseBefore(1, 7, 0), 7000);
});
