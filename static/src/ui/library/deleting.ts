/** Deleting, as the person meets it: what happens, by which date, and ten seconds to undo it. */
import { readMeAtOpening } from "../../vault/preferences.ts";
import { UNDO_MILLISECONDS, type PendingDeletion } from "../../vault/library/deletions.ts";
import { announce, toast } from "../shell/notices.ts";
import { STORAGE_CHANGED } from "../shell/storage.ts";
import { t, tn } from "../text.ts";
import { DAY_MS, shortDay } from "./dates.ts";
import { currentSession, onSession, type LibrarySession } from "./session.ts";

/** An epoch key is destroyed this many days after it was made; then no backup opens. */
const BACKUP_DAYS = 22;
const COUNT_MS = 250;

let binDays = 0;
const countdowns = new Map<string, () => void>();
const complained = new Set<string>();

/** Days the recycle bin keeps photos, 0 when it is off. */
export function recycleBinDays(): number {
  return binDays;
}

/** Look again whether there is a recycle bin, as after the settings. */
export function refreshBinPreference(): void {
  readMeAtOpening().then(
    ({ preferences }) => { binDays = preferences.recycle_bin_days; },
    () => undefined,
  );
}

/** Keep the messages about deletions in step with what is pending. */
export function watchDeletions(): void {
  let stop: () => void = () => undefined;
  onSession((session) => {
    stop();
    stop = () => undefined;
    endCountdowns(() => true);
    if (session === null) return;
    refreshBinPreference();
    stop = session.access.deletions.subscribe(() => { follow(session); });
    follow(session);
  });
}

/** Delete photos: into the bin when there is one, unless `forGood`. They vanish at once. */
export function deletePhotos(ids: readonly string[], forGood = false): void {
  const session = currentSession();
  if (session === null || ids.length === 0) return;
  session.selection.remove(ids);
  session.access.deletions.remove(ids, forGood || binDays === 0 ? "purge" : "bin");
}

function sentenceOf({ ids, how, sendAt }: PendingDeletion): string {
  if (how === "bin") {
    const day = shortDay(sendAt + binDays * DAY_MS);
    return tn(
      "{n} photo is hidden now and will be deleted on {day}. You have 10 seconds to undo.",
      "{n} photos are hidden now and will be deleted on {day}. You have 10 seconds to undo.",
      ids.length,
      { day },
    );
  }
  return tn(
    "{n} photo will be deleted now and unreadable in every backup by {day}. You have 10 seconds to undo.",
    "{n} photos will be deleted now and unreadable in every backup by {day}. You have 10 seconds to undo.",
    ids.length,
    { day: shortDay(sendAt + BACKUP_DAYS * DAY_MS) },
  );
}

function follow(session: LibrarySession): void {
  const { deletions } = session.access;
  const { pending } = deletions;
  const waiting = new Set(pending.filter(({ state }) => state === "pending").map(({ id }) => id));
  const ended = endCountdowns((id) => !waiting.has(id));
  if (ended) setTimeout(() => dispatchEvent(new Event(STORAGE_CHANGED)), 600);
  for (const deletion of pending) {
    if (deletion.state === "pending" && !countdowns.has(deletion.id)) countDown(session, deletion);
    if (deletion.state === "failed") complain(session, deletion);
  }
}

function endCountdowns(isOver: (id: string) => boolean): boolean {
  let ended = false;
  for (const [id, remove] of countdowns) {
    if (!isOver(id)) continue;
    remove();
    countdowns.delete(id);
    ended = true;
  }
  return ended;
}

function complain(session: LibrarySession, { id, failure }: PendingDeletion): void {
  if (complained.has(id)) return;
  complained.add(id);
  const again = (): void => {
    complained.delete(id);
    void session.access.deletions.sendNow(id);
  };
  toast(t("Not deleted yet. {why}", { why: failure?.sentence ?? "" }), { action: again, label: t("Try again"), seconds: 30 });
}

function whatHappens(): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = "/your-data/deleted";
  link.textContent = t("What happens then");
  return link;
}

/** The sentence, a button, and the seconds that are left. */
function countDown(session: LibrarySession, deletion: PendingDeletion): void {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("p");
  words.className = "grow";
  words.textContent = sentenceOf(deletion);
  if (deletion.how === "purge") words.append(" ", whatHappens());
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "btn";
  const left = document.createElement("span");
  left.className = "num seconds";
  left.ariaHidden = "true";
  undo.append(t("Undo"), left);
  undo.addEventListener("click", () => {
    session.access.deletions.undo(deletion.id);
    announce(tn("{n} photo is back.", "{n} photos are back.", deletion.ids.length));
  });
  box.append(words, undo);
  const until = Math.min(deletion.sendAt, Date.now() + UNDO_MILLISECONDS);
  const tick = (): void => { left.textContent = String(Math.max(0, Math.ceil((until - Date.now()) / 1000))); };
  const timer = setInterval(tick, COUNT_MS);
  tick();
  countdowns.set(deletion.id, () => {
    clearInterval(timer);
    box.remove();
  });
  document.getElementById("toasts")?.append(box);
}
