/** The list of albums that this account shares or is shared with, read once for all who look at it when the vault opens. */
import { call } from "../../api/client.ts";
import { isRecord, list, record } from "../../api/shape.ts";
import { onVaultChange } from "../state.ts";
import { Told } from "../told.ts";
import { readWireSharedAlbum, type WireSharedAlbum } from "./album-wire.ts";

/** Longer than a vault takes from its first picture to its first look at all albums. */
const OPENING_MS = 10_000;

const told = new Told(askForSharedAlbums);
onVaultChange((vault) => {
  if (vault === null) forgetSharedAlbums();
});

/** Every album this account shares or is shared with, as the server lists them now. @throws Problem, CryptoError. */
export async function listSharedAlbums(): Promise<readonly WireSharedAlbum[]> {
  const listed = askForSharedAlbums();
  // Whatever was told at the opening is older than this.
  forgetSharedAlbums();
  return await listed;
}

/** The same as it was when the vault opened, for what looks at it for the first time then. @throws Problem, CryptoError. */
export async function sharedAlbumsAtOpening(): Promise<readonly WireSharedAlbum[]> {
  return await told.within(OPENING_MS);
}

/** Something of it was changed here: what was told at the opening is not so any more. */
export function forgetSharedAlbums(): void {
  told.forget();
}

async function askForSharedAlbums(): Promise<readonly WireSharedAlbum[]> {
  return list(record(await call<unknown>("GET", "/shared/albums"))["items"]).filter(isRecord).map(readWireSharedAlbum);
}
