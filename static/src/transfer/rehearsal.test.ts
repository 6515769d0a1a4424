/** What the tests of uploads share: a vault that remembers and fails when told to, and a device. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";

import { Problem } from "../api/problem.ts";
import { record, text } from "../api/shape.ts";
import { owned, toBase64Url, type Bytes } from "../crypto/bytes.ts";
import { newAccountKey } from "../crypto/keys.ts";
import { plantedJpeg } from "../photo/fixtures.ts";
import type { Derived } from "../photo/thumbnails.ts";
import type { Entry } from "../vault/library/entry.ts";
import { entryFrom, openKeyring } from "../vault/library/keyring.ts";
import { readImage, type Part } from "../vault/library/wire.ts";
import type { UploadJob, UploadProgress } from "./contract.ts";
import { Plans, type PlanShelf } from "./plan.ts";
import { memoryStaging, type Staging } from "./staging.ts";
import type { Transport } from "./tus.ts";
import { UploadSession } from "./upload-session.ts";

const ACCOUNT = "01900000-0000-7000-8000-000000000001";
export const keyring = await openKeyring(ACCOUNT, newAccountKey());
export const PHOTO = owned(plantedJpeg());
export const OFFLINE = new Problem("offline", "No connection.");

/** A vault that keeps what it is sent, remembers every byte and every word, and fails when told to. */
export class Vault {
  readonly uploads = new Map<string, { length: number; bytes: Bytes }>();
  readonly images = new Map<string, Record<string, unknown>>();
  readonly heard: string[] = [];
  readonly received: Bytes[] = [];
  before: (line: string) => void = () => undefined;
  after: (line: string) => void = () => undefined;

  readonly send: Transport = async ({ method, path, headers = {}, body, signal }) => {
    signal?.throwIfAborted();
    const line = `${method} ${path.split("/")[1] ?? ""}`;
    this.heard.push(`${line} ${JSON.stringify(headers)}`);
    this.before(line);
    const bytes = new Uint8Array(await new Response(body ?? null).arrayBuffer());
    this.received.push(bytes);
    const id = path.split("/").at(-1) ?? "";
    const response = method === "PUT" ? this.#whole(id, bytes) : this.#tus(method, id, headers, bytes);
    this.after(line);
    return response;
  };

  readonly call = (method: string, path: string, body: object | null): Promise<unknown> => {
    this.heard.push(`${method} ${path} ${JSON.stringify(body)}`);
    this.before(`${method} ${path.split("/")[1] ?? ""}`);
    const answer = path === "/images/check" ? this.#check(body ?? {}) : this.#commit(path.split("/").at(-1) ?? "", record(body));
    this.after(`${method} ${path.split("/")[1] ?? ""}`);
    return Promise.resolve(answer);
  };

  #tus(method: string, id: string, headers: Readonly<Record<string, string>>, bytes: Bytes): Response {
    if (method === "POST") {
      const fresh = randomUUID();
      this.uploads.set(fresh, { length: Number(headers["Upload-Length"]), bytes });
      return new Response(null, { status: 201, headers: { Location: `/uploads/${fresh}`, "Upload-Offset": String(bytes.length) } });
    }
    const upload = this.uploads.get(id);
    if (upload === undefined) throw new Problem("not_found", "Gone.", 404);
    if (method === "DELETE") this.uploads.delete(id);
    if (method === "PATCH") upload.bytes = owned(Buffer.concat([upload.bytes, bytes]));
    return new Response(null, { headers: { "Upload-Offset": String(upload.bytes.length), "Upload-Length": String(upload.length) } });
  }

  /** Takes a photo apart as the format says, and stores it as if it had come in parts. */
  #whole(id: string, photo: Bytes): Response {
    const length = new DataView(photo.buffer, photo.byteOffset).getUint32(0);
    const body = record(JSON.parse(new TextDecoder().decode(photo.subarray(4, 4 + length))));
    let at = 4 + length;
    const parts: Record<string, object> = {};
    for (const name of ["original", "preview", "thumbnail"]) {
      const part = record(body["parts"])[name];
      if (part === undefined) continue;
      const size = Number(record(part)["bytes"]);
      this.uploads.set(`${id}-${name}`, { length: size, bytes: owned(photo.subarray(at, at + size)) });
      parts[name] = { ...record(part), upload: `${id}-${name}` };
      at += size;
    }
    assert.equal(at, photo.length);
    this.#commit(id, { ...body, parts });
    return new Response("{}", { status: 201 });
  }

  #check(body: object): object {
    const asked = new Set(record(body)["fingerprints"] as string[]);
    const known = [...this.images].filter(([, image]) => asked.has(text(image["fingerprint"])));
    return { known: Object.fromEntries(known.map(([id, image]) => [image["fingerprint"], id])) };
  }

  #commit(id: string, body: Readonly<Record<string, unknown>>): object {
    const twin = [...this.images].find(([other, image]) => other !== id && image["fingerprint"] === body["fingerprint"]);
    if (twin !== undefined) throw new Problem("duplicate", "Already here.", 409, { image_id: twin[0] });
    if (this.images.has(id)) return {};
    for (const { upload, sha256 } of Object.values(record(body["parts"])).map(record)) {
      const stored = this.uploads.get(text(upload));
      if (stored === undefined) throw new Problem("not_found", "No such upload.", 404);
      const digest = toBase64Url(createHash("sha256").update(stored.bytes).digest());
      if (digest !== sha256) throw new Problem("bytes_do_not_match", "These are other bytes.", 422);
    }
    this.images.set(id, { ...body });
    return {};
  }

  bytesOf(id: string, part: Part): Bytes {
    const upload = text(record(record(this.images.get(id)?.["parts"])[part])["upload"]);
    return this.uploads.get(upload)?.bytes ?? new Uint8Array();
  }

  async entry(id: string): Promise<Entry> {
    const body = this.images.get(id) ?? {};
    const parts = record(body["parts"]);
    const marks = body["marks"] === undefined ? null : { number: 1, sealed: body["marks"] };
    const corrections = body["corrections"] === undefined ? null : { revision: 1, sealed: body["corrections"] };
    const wire = readImage({ ...body, id, version: { number: 1, parts, is_damaged: false }, marks, corrections, albums: [] });
    assert.ok(wire, "the answer is an image");
    return await entryFrom(wire, keyring);
  }
}

/** What a device keeps between pages. */
export class Device {
  readonly sealed = new Map<string, Bytes>();
  readonly staging: Staging = memoryStaging();
  readonly shelf: PlanShelf = {
    all: () => Promise.resolve([...this.sealed].map(([imageId, sealed]) => ({ imageId, sealed }))),
    put: (imageId, sealed) => Promise.resolve(void this.sealed.set(imageId, sealed)),
    remove: (imageId) => Promise.resolve(void this.sealed.delete(imageId)),
  };
}

export const derived: Derived = { preview: new Blob([new Uint8Array(900)]), thumbnail: new Blob([new Uint8Array(90)]), thumbhash: owned(Uint8Array.of(1, 2, 3, 4, 5, 6)), width: 24, height: 16 };

export function session(vault: Vault, device = new Device(), told: UploadProgress[] = [], derive = (): Promise<Derived> => Promise.resolve(derived), expected: string[] = [], wholeBytes = 0): UploadSession {
  let ids = 0;
  let clock = 0;
  const prefix = Math.floor(Math.random() * 0xffff).toString(16).padStart(4, "0");
  return new UploadSession({
    keyring, staging: device.staging, plans: new Plans(device.shelf, keyring), uploadBytes: 2 ** 30,
    tus: { send: vault.send, limits: { chunkBytes: 4096, smallBytes: 1024, wholeBytes }, pause: (_, signal) => new Promise((resolve, reject) => { setTimeout(() => { if (signal.aborted) reject(signal.reason as Error); else resolve(); }, 1); }), random: () => 0 },
    call: vault.call, rights: { creator: "Ada", licence: "All rights reserved" }, derive,
    tell: (news) => void told.push(news), expect: (row) => void expected.push(row.id), expectNoMore: (id) => void expected.splice(expected.indexOf(id), 1),
    exclusively: (_name, _wait, job) => job(), together: (_name, job) => job(),
    newId: () => `01900000-${prefix}-7000-8000-${String((ids += 1)).padStart(12, "0")}`,
    now: () => (clock += 1000),
  });
}

export const file = (bytes: Bytes = PHOTO, name = "holiday in Rome.jpg"): File => new File([bytes], name, { lastModified: Date.parse("2020-05-05T10:00:00Z") });
export const job = (more: Partial<UploadJob> = {}): UploadJob => ({ entryId: "e", file: file(), path: "holiday in Rome.jpg", sidecar: null, told: null, choice: "remember", fingerprint: "", albumId: null, ...more });

export async function checked(upload: UploadSession, given = file()): Promise<string> {
  const [result] = await upload.check([{ entryId: "e", file: given }]);
  return result?.fingerprint ?? "";
}
