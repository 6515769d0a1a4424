/**
 * Small pictures for a photo that is stored already: for one whose first device could not make
 * them, or whose thumbnail was damaged.
 */
import type { DecodeRequest } from "../photo/decode.ts";
import { readFacts } from "../photo/facts.ts";
import { kindOf } from "../photo/strip/kind.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { contentContext, heldContentKey, type Keyring } from "../vault/library/keyring.ts";
import type { Part } from "../vault/library/wire.ts";
import type { RemakeJob } from "./contract.ts";
import { decodeRequestFor } from "./decode-plan.ts";
import { sendContent } from "./send-content.ts";
import type { TusPorts } from "./tus.ts";
import type { CallJson } from "./upload-session.ts";

export interface RemakePorts {
  readonly keyring: Keyring;
  readonly tus: TusPorts;
  readonly call: CallJson;
  readonly derive: (request: DecodeRequest) => Promise<Derived>;
}

async function send(job: RemakeJob, part: Part, picture: Blob, { keyring, tus, call }: RemakePorts): Promise<void> {
  const plain = new Uint8Array(await picture.arrayBuffer());
  const metadata = { image: job.id, part, version: String(job.version) };
  const body = await sendContent(plain, await heldContentKey(job, keyring), contentContext(job, part, keyring), metadata, tus);
  await call("PUT", `/images/${job.id}/versions/${job.version}/${part}`, { ...body });
}

/** @throws NoPicture, or a refusal of the decoder, where no picture can be made; Problem. */
export async function remakeThumbnails(job: RemakeJob, ports: RemakePorts): Promise<void> {
  const bytes = new Uint8Array(await job.original.arrayBuffer());
  const request = decodeRequestFor(job.original, bytes, kindOf(bytes), readFacts(bytes, null));
  const { preview, thumbnail } = await ports.derive(request);
  if (preview !== null) await send(job, "preview", preview, ports);
  await send(job, "thumbnail", thumbnail, ports);
}
