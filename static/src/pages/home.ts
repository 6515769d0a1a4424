/** The first page. Whoever is signed in goes straight to their photos. */
import { wasUsedHere } from "../vault/lock.ts";
import { currentSession } from "../vault/session.ts";
import { t } from "../ui/text.ts";

async function showWayIn(): Promise<void> {
  if (!wasUsedHere()) return;
  const session = await currentSession().catch(() => null);
  const wayIn = document.getElementById("way-in");
  const begin = document.getElementById("begin");
  if (session === null || !(wayIn instanceof HTMLAnchorElement) || !(begin instanceof HTMLAnchorElement)) return;
  begin.href = "/photos";
  begin.textContent = t("Open my photos");
  wayIn.hidden = true;
}

void showWayIn();
