/** What this account shows to everyone, for parts of the page that are there before the code that reads it. */
import { untilOnline } from "../../api/connection.ts";
import { firstScreen } from "../library/first-screen.ts";
import { onSession } from "../library/session.ts";
import { ground } from "../shell/behind.ts";
import { insist } from "../shell/later.ts";
import type { PublishingKeeper } from "./keeper.ts";

const followers = new Set<() => void>();
let present: PublishingKeeper | null = null;
/** Whether the change feed told of something of it before there was a keeper to hear that. */
let wasTold = false;

/** Call back at whatever changes, also when the vault is locked or opened. */
export function followPublishing(listener: () => void): () => void {
  followers.add(listener);
  return () => followers.delete(listener);
}

/** Call back whoever follows. */
export function tellFollowers(): void {
  for (const follower of [...followers]) follower();
}

/** The keeper of the open vault; null while it is locked, and until its code has come. */
export const presentKeeper = (): PublishingKeeper | null => present;

/** There is another, or none any more. */
export function setPresent(keeper: PublishingKeeper | null): void {
  present = keeper;
  tellFollowers();
}

/** Whether everyone can see a photo, as far as this is known. */
export const isPublic = (imageId: string): boolean => present?.isPublic(imageId) === true;

/** Whether something of it changed since the vault was opened. Asked once for each session. */
export function wasToldBefore(): boolean {
  const told = wasTold;
  wasTold = false;
  return told;
}

/** Begin to look after what everyone can see at every unlock, once the first pictures stand. */
export function watchPublishing(): void {
  onSession((session) => {
    wasTold = false;
    if (session === null) return;
    session.access.library.subscribe(({ kind }) => {
      if (kind === "public" && present === null) wasTold = true;
    });
    // It begins by itself, at this session and at every one after it.
    void firstScreen(session).then(() => insist(ground, untilOnline));
  });
}
