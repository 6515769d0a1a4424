/** Sets up everything of the library that stands outside its views. */
import { numberText } from "../format.ts";
import { untilIdle } from "../idle.ts";
import { watchDeletions } from "./deleting.ts";
import { watchSelection } from "./pickbar.ts";
import { watchRollbacks } from "./rollback.ts";
import { currentSession, followVault, onSession, type OpenSession } from "./session.ts";
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
      if (kind === "rows") void showCount();
    });
  });
}

let isCounting = false;

/** How many photos there are stands at the edge, and not on a phone: the photos come first. */
async function showCount(): Promise<void> {
  if (isCounting) return;
  isCounting = true;
  await untilIdle();
  isCounting = false;
  // It may have been locked meanwhile, or be another by now.
  const session = currentSession();
  if (session === null) return;
  const count = numberText(session.access.library.view().count);
  for (const place of document.querySelectorAll('[data-count="photos"]')) place.textContent = count;
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
