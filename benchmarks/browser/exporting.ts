/** A whole export into one archive, beside client-zip on the same photos already opened; both onto the browser's own disk. */
import { makeZip } from "client-zip";

import type { Bytes } from "../../static/src/crypto/bytes.ts";
import type { Context } from "../../static/src/crypto/context.ts";
import { decryptStream } from "../../static/src/crypto/decrypt.ts";
import { encryptStream } from "../../static/src/crypto/encrypt.ts";
import { newContentKey } from "../../static/src/crypto/keys.ts";
import type { Described, ExportJob, PhotoToExport } from "../../static/src/transfer/exporting/contract.ts";
import { Export } from "../../static/src/transfer/exporting/engine.ts";
import { hashElsewhere, type HashWorker } from "../../static/src/transfer/exporting/hash-pool.ts";
import { ZipTarget, type Sink } from "../../static/src/transfer/exporting/zip-target.ts";
import { archiveSink, scratch, tidyExports } from "../../static/src/workers/staging/export-files.ts";
import { bridge, Moved } from "../../static/src/vault/library/bridge.ts";
import { interleaved, noise, type Samples } from "./rounds.ts";

interface Options {
  readonly photos: number;
  readonly bytes: number;
  readonly rounds: number;
}

/** So many different contents; an export of thousands meets them again and again. */
const CONTENTS = 8;
const OWNER = "0198c0de-0000-7000-8000-000000000001";
const context: Context<"content"> = { purpose: "content", owner: OWNER, record: OWNER, part: "original", version: 1 };

const idOf = (number: number): string => String(number).padStart(8, "0");

function photoOf(number: number, bytes: number): PhotoToExport {
  const id = idOf(number);
  return { id, name: `IMG_${number}.jpg`, albums: [], year: "2026", bytes, sharedBy: "", request: { id, version: 1, wrappedContentKey: "", part: "original", mediaType: "image/jpeg" } };
}

const describe = (id: string): Promise<Described> => Promise.resolve({
  id, name: `IMG_${Number(id)}.jpg`, mediaType: "image/jpeg", capturedLocal: "2026-06-15T11:42:00", zone: null, place: null, title: "", description: "",
  altText: "", keywords: [], rating: 0, rotation: 0, camera: "", lens: "", exposureSeconds: null, aperture: null, iso: null, focalLengthMm: null,
  width: 0, height: 0, isFavourite: false, isArchived: false, storedAt: "2026-07-01T10:00:00Z", creator: "", licence: "",
});

function jobOf({ photos, bytes }: Options): ExportJob {
  const words = { language: "en", title: "Photos", about: [], back: "", older: "", newer: "", noPicture: "", one: "{n}", many: "{n}" };
  const choices = { originals: true, copies: null, corrections: false, byAlbum: true, received: false, since: null };
  return { place: { kind: "download" }, choices, photos: Array.from({ length: photos }, (_, number) => photoOf(number, bytes)), albums: [], words, begunAt: "2026-11-27T10:00:00Z", logKey: null };
}

/** Two, as the page starts them for the export worker. */
async function hashers(): Promise<MessagePort[]> {
  return await Promise.all(Array.from({ length: 2 }, async () => {
    const { port1, port2 } = new MessageChannel();
    await bridge<HashWorker>(new Worker("/hashing.js", { type: "module" }), {}).remote.serve(new Moved(port1, [port1]));
    return port2;
  }));
}

async function sinkNamed(name: string): Promise<Sink> {
  await tidyExports();
  return await archiveSink(name);
}

/** Milliseconds by contender; "export" reads everything back as well, "written" is its part until then. */
export async function measureExport(options: Options): Promise<Samples> {
  const plain = Array.from({ length: CONTENTS }, () => noise(options.bytes));
  const key = newContentKey();
  const sealed = await Promise.all(plain.map(async (bytes) => await collected(encryptStream(bytes, key, context))));
  const job = jobOf(options);
  const hash = hashElsewhere(await hashers());
  const written: number[] = [];
  const open = ({ id }: PhotoToExport): AsyncIterable<Bytes> => decryptStream(streamOf(sealed[Number(id) % CONTENTS] ?? new Blob()), key, context);
  const samples = await interleaved(options.rounds, {
    export: async () => {
      const began = performance.now();
      let ended = began;
      const target = new ZipTarget(await sinkNamed("export.zip"), scratch);
      const tell = ({ phase }: { readonly phase: string }): void => { if (phase !== "verifying") ended = performance.now(); };
      const ports = { target, open, describe, hash, copy: () => Promise.reject(new Error("No copies.")), accountFiles: [], tell, now: () => performance.now(), pause: () => Promise.resolve() };
      const report = await new Export(job, ports).run();
      if (report.failures.length > 0) throw new Error(report.failures[0]?.sentence);
      written.push(ended - began);
    },
    zip: async () => {
      const { stream } = await sinkNamed("zip.zip");
      const files = (function* () {
        for (const { id, name, bytes } of job.photos) yield { name, size: bytes, input: plain[Number(id) % CONTENTS] ?? new Uint8Array(), lastModified: new Date(0) };
      })();
      await makeZip(files).pipeTo(stream);
    },
  });
  // The first round of all is not measured.
  return { ...samples, written: written.slice(1) };
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Bytes[] = [];
  for await (const piece of pieces) parts.push(piece.slice());
  return new Blob(parts);
}

const streamOf = (blob: Blob): ReadableStream<Uint8Array<ArrayBuffer>> => blob.stream();
