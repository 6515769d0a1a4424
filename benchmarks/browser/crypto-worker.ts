/** Our streams, beside one call of WebCrypto and beside libsodium's secretstream. */
import sodium from "libsodium-wrappers-sumo";

import type { Bytes } from "../../static/src/crypto/bytes.ts";
import type { Context } from "../../static/src/crypto/context.ts";
import { decryptBytes } from "../../static/src/crypto/decrypt.ts";
import { encryptBytes } from "../../static/src/crypto/encrypt.ts";
import { newContentKey } from "../../static/src/crypto/keys.ts";
import { interleaved, noise, type Contender, type Samples } from "./rounds.ts";
import { answerWith } from "./worker.ts";

interface Options {
  readonly size: number;
  readonly rounds: number;
}

type Both = Readonly<Record<"encrypt" | "decrypt", Contender>>;

const CHUNKS = { "secretstream 64 KiB": 65_536, "secretstream 256 KiB": 262_144 };

async function ours(content: Bytes): Promise<Both> {
  const key = newContentKey();
  const context: Context<"content"> = { purpose: "content", owner: "o", record: "r", part: "original", version: 1 };
  const sealed = await encryptBytes(content, key, context);
  return {
    encrypt: async () => { check(await encryptBytes(content, key, context), sealed.length); },
    decrypt: async () => { check(await decryptBytes(sealed, key, context), content.length); },
  };
}

async function oneCall(content: Bytes): Promise<Both> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const algorithm = { name: "AES-GCM", iv: noise(12) };
  const sealed = await crypto.subtle.encrypt(algorithm, key, content);
  return {
    encrypt: async () => { check(new Uint8Array(await crypto.subtle.encrypt(algorithm, key, content)), sealed.byteLength); },
    decrypt: async () => { check(new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed)), content.length); },
  };
}

function secretstream(content: Bytes, chunk: number): Both {
  const key = sodium.crypto_secretstream_xchacha20poly1305_keygen();
  const step = chunk + sodium.crypto_secretstream_xchacha20poly1305_ABYTES;
  const seal = (): { header: Uint8Array; sealed: Uint8Array } => {
    const { state, header } = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
    const tag = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    return { header, sealed: joined(content, chunk, (piece) => sodium.crypto_secretstream_xchacha20poly1305_push(state, piece, null, tag)) };
  };
  const { header, sealed } = seal();
  const open = (piece: Uint8Array, state: Parameters<typeof sodium.crypto_secretstream_xchacha20poly1305_pull>[0]): Uint8Array => {
    const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece);
    if (!opened) throw new Error("secretstream does not open");
    return opened.message;
  };
  return {
    encrypt: () => { check(seal().sealed, sealed.length); },
    decrypt: () => {
      const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
      check(joined(sealed, step, (piece) => open(piece, state)), content.length);
    },
  };
}

/** Piece by piece into one buffer, as our own does. */
function joined(source: Uint8Array, step: number, change: (piece: Uint8Array) => Uint8Array): Uint8Array {
  const whole = new Uint8Array(source.length + Math.ceil(source.length / step) * 64);
  let filled = 0;
  for (let at = 0; at < source.length; at += step) {
    const piece = change(source.subarray(at, at + step));
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole.subarray(0, filled);
}

function check(result: Uint8Array, length: number): void {
  if (result.length !== length) throw new Error(`${result.length} bytes instead of ${length}`);
}

async function measure({ size, rounds }: Options): Promise<Record<string, Samples>> {
  await sodium.ready;
  const content = noise(size);
  const contenders: Record<string, Both> = { vault: await ours(content), webcrypto: await oneCall(content) };
  for (const [name, chunk] of Object.entries(CHUNKS)) contenders[name] = secretstream(content, chunk);
  const way = (name: "encrypt" | "decrypt"): Promise<Samples> =>
    interleaved(rounds, Object.fromEntries(Object.entries(contenders).map(([who, both]) => [who, both[name]])));
  return { encrypt: await way("encrypt"), decrypt: await way("decrypt") };
}

answerWith(measure);
