/** A media worker: fetches ciphertext and decrypts it. */
import { send, setCsrfSource } from "../api/client.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { strangersPicture } from "../photo/strangers-picture.ts";
import { bridge, LibraryError } from "../vault/library/bridge.ts";
import type { MediaRequest, WorkerSetup } from "../vault/library/contract.ts";
import { sharedPieces } from "../vault/sharing/shared-content.ts";
import { contentContext, heldContentKey, openKeyring, type Keyring } from "../vault/library/keyring.ts";
import { pictureReader } from "./pictures/reader.ts";

let keyring: Keyring | null = null;

async function start({ accountId, accountKey, csrfToken }: WorkerSetup): Promise<void> {
  setCsrfSource(() => csrfToken);
  keyring = await openKeyring(accountId, accountKey);
}

async function* pieces(request: MediaRequest, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (keyring === null) throw new LibraryError("locked", "The vault is locked.");
  if (request.shared !== undefined) {
    yield* sharedPieces(request, request.shared, (path) => send({ method: "GET", path, signal }));
    return;
  }
  const key = await heldContentKey(request, keyring);
  const place = request.drop === undefined ? `/images/${request.id}/versions/${request.version}` : `/drops/${request.drop}`;
  const path = `${place}/${request.part}`;
  const { body } = await send({ method: "GET", path, signal });
  if (body === null) throw new LibraryError("unreadable_answer", "The server answered without the photo. Please try again.");
  yield* decryptStream(body, key, contentContext(request, request.part, keyring));
}

/** A guest's device made what is in a drop, or whoever says so. */
async function checked(picture: Blob, { drop, part }: MediaRequest): Promise<Blob> {
  return drop === undefined ? picture : await strangersPicture(picture, part);
}

bridge<object>(self as unknown as Parameters<typeof bridge>[0], { start, ...pictureReader(pieces, checked) });
