/** Sets up everything of the library that stands outside its views. */
import { watchDeletions } from "./deleting.ts";
import { watchSelection } from "./pickbar.ts";
import { watchRollbacks } from "./rollback.ts";
import { followVault, onSession, type OpenSession } from "./session.ts";
import { untilOnline } from "../../api/connection.ts";
import { ground } from "../shell/behind.ts";
import { insist } from "../shell/later.ts";
import { firstScreen } from "./first-screen.ts";
import { watchEntrances } from "./upload/entrances.ts";
import { startScrollMemory } from "./views/scroll-memory.ts";

/** Call once, before the vault is opened. */
export function startLibrary(open?: OpenSession): void {
  startScrollMemory();
  followVault(open);
  watchSelection();
  watchDeletions();
  watchRollbacks();
  watchEntrances();
  watchUploads();
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      if (kind !== "rows") return;
      for (const place of document.querySelectorAll('[data-count="photos"]')) {
        place.textContent = session.access.library.view().count.toLocaleString();
      }
    });
  });
}

/** What an earlier page left behind goes on when the first pictures stand; the tray follows every session by itself. */
function watchUploads(): void {
  onSession((session) => {
    if (session === null) return;
    void Promise.race([firstScreen(session), session.uploadsWanted]).then(async () => {
      const { UploadTray } = await insist(ground, untilOnline);
      const place = document.getElementById("tray");
      if (place?.childElementCount === 0) place.append(new UploadTray());
    });
  });
}
