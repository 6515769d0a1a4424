/** The open library of this page: opened at every unlock, closed at every lock. */
import type { UploadQueue } from "../../transfer/queue.ts";
import type { Library, LibraryStatus } from "../../vault/library/library.ts";
import { openLibrary, type LibraryAccess } from "../../vault/library/open.ts";
import { onVaultChange, type Vault } from "../../vault/unlock.ts";
import { OthersToCome } from "../received/among.ts";
import { later } from "../shell/later.ts";
import { firstScreen } from "./first-screen.ts";
import { Selection } from "./selection.ts";

const transfers = later(() => import("../../transfer/open.ts"));

export interface LibrarySession {
  readonly access: LibraryAccess;
  /** The queue, opened at the first call; a later call tries again when it could not be opened. */
  readonly uploads: () => Promise<UploadQueue>;
  /** Resolves at that first call. */
  readonly uploadsWanted: Promise<void>;
  readonly selection: Selection;
  /** Photos of others that stand among one's own in the timeline. */
  readonly others: OthersToCome;
}

export type SessionListener = (session: LibrarySession | null) => void;

const listeners = new Set<SessionListener>();
let opening: Promise<LibrarySession> | null = null;
let present: LibrarySession | null = null;

/** Call back whenever the library was opened (with it) or closed (with null). */
export function onSession(listener: SessionListener): () => void {
  listeners.add(listener);
  if (present !== null) listener(present);
  return () => listeners.delete(listener);
}

/** The library of the open vault, once it is there. */
export async function librarySession(): Promise<LibrarySession> {
  if (opening === null) throw new TypeError("The vault is locked.");
  return await opening;
}

const SETTLED: readonly LibraryStatus[] = ["ready", "offline", "failed"];

/** Once the library knows which photos stand where. */
export async function whenReady(session: LibrarySession): Promise<void> {
  await whenIn(session, ["ready"]);
}

/** Once the library knows which photos stand where, or that it cannot know now. */
export async function whenSettled(session: LibrarySession): Promise<void> {
  await whenIn(session, SETTLED);
}

/** Once the library holds this photo, or knows that it does not, or cannot know now. */
export async function whenFound({ access: { library } }: LibrarySession, id: string): Promise<void> {
  await when(library, () => library.byId(id) !== null || SETTLED.includes(library.status));
}

async function whenIn({ access: { library } }: LibrarySession, wanted: readonly LibraryStatus[]): Promise<void> {
  await when(library, () => wanted.includes(library.status));
}

async function when(library: Library, isSo: () => boolean): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((resolve) => {
    const stop = library.subscribe(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

/** The library if it is open just now. */
export function currentSession(): LibrarySession | null {
  return present;
}

export type OpenSession = (vault: Vault) => Promise<LibrarySession>;

/** Open the library at every unlock and close it at every lock. */
export function followVault(open: OpenSession = openSession): void {
  onVaultChange((vault) => {
    if (vault === null) return close();
    opening = adopt(open(vault));
    // Whoever asks for the session hears why it failed; signing out meanwhile is no failure to report.
    opening.catch(() => undefined);
    return undefined;
  });
}

async function openSession(vault: Vault): Promise<LibrarySession> {
  const { accountId, accountKey } = vault;
  const access = await openLibrary({ accountId, accountKey });
  const open = async (): Promise<UploadQueue> => {
    const { openUploads } = await transfers();
    return await openUploads({ accountId, accountKey, library: access.library, changes: access.changes, deletions: access.deletions });
  };
  let want: () => void = () => undefined;
  const uploadsWanted = new Promise<void>((resolve) => { want = resolve; });
  const opened = once(open);
  const uploads = (): Promise<UploadQueue> => {
    want();
    return opened();
  };
  return { access, uploads, uploadsWanted, selection: new Selection((id) => !access.library.isPending(id)), others: new OthersToCome(vault, access) };
}

/** One call is enough, unless it failed. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function adopt(coming: Promise<LibrarySession>): Promise<LibrarySession> {
  const mine = coming;
  const session = await coming;
  if (opening === null) {
    session.others.close();
    session.access.close();
    return await mine;
  }
  present = session;
  void session.others.start(firstScreen(session));
  tell();
  return session;
}

/** Resolves when also a library that was still being opened is closed again. */
async function close(): Promise<void> {
  const closing = present;
  const coming = opening;
  opening = null;
  present = null;
  closing?.selection.clear();
  tell();
  closing?.others.close();
  closing?.access.close();
  await coming?.catch(() => undefined);
}

function tell(): void {
  for (const listener of [...listeners]) listener(present);
}
