/** Sets up everything of the library that stands outside its views. */
import { watchDeletions } from "./deleting.ts";
import { watchSelection } from "./pickbar.ts";
import { watchRollbacks } from "./rollback.ts";
import { followVault, onSession, type OpenSession } from "./session.ts";
import { watchEntrances } from "./upload/entrances.ts";
import { UploadTray } from "./upload/tray.ts";
import { startScrollMemory } from "./views/scroll-memory.ts";

/** Call once, before the vault is opened. */
export function startLibrary(open?: OpenSession): void {
  startScrollMemory();
  followVault(open);
  watchSelection();
  watchDeletions();
  watchRollbacks();
  watchEntrances();
  document.getElementById("tray")?.append(new UploadTray());
  onSession((session) => {
    session?.access.library.subscribe(({ kind }) => {
      if (kind !== "rows") return;
      for (const place of document.querySelectorAll('[data-count="photos"]')) {
        place.textContent = session.access.library.view().count.toLocaleString();
      }
    });
  });
}
