/** What the tray says: how far, how much, how long, and the state of each file. */
import type { UploadEntry, UploadState } from "../../../transfer/entries.ts";
import type { UploadTotals } from "../../../transfer/queue.ts";
import { bytesText, numberText } from "../../format.ts";
import { t, tn } from "../../text.ts";

const MINUTE = 60;
const HOUR = 3600;

export function titleOf(totals: UploadTotals, isOver: boolean): string {
  if (!isOver) {
    const at = Math.min(totals.files, totals.finished + totals.failed + 1);
    return t("Uploading {at} of {files}", { at: numberText(at), files: tn("{n} photo", "{n} photos", totals.files) });
  }
  const kept = totals.finished - totals.alreadyThere;
  if (kept > 0) return tn("{n} photo is in your vault", "{n} photos are in your vault", kept);
  if (totals.alreadyThere > 0) return tn("{n} photo was there already", "{n} photos were there already", totals.alreadyThere);
  return tn("{n} photo was not uploaded", "{n} photos were not uploaded", totals.failed);
}

export function progressLine(totals: UploadTotals, isOver: boolean): string {
  if (isOver) return totals.failed > 0 ? tn("{n} needs a look", "{n} need a look", totals.failed) : bytesText(totals.bytes);
  const sum = t("{sent} of {all}", { sent: bytesText(Math.round(totals.sentBytes)), all: bytesText(totals.bytes) });
  if (totals.state === "paused") return t("Paused · {sum}", { sum });
  if (totals.state === "waiting-for-network") return t("Waiting for the network · {sum}", { sum });
  if (totals.state === "stopped") return t("Stopped · {sum}", { sum });
  return totals.secondsLeft === null ? sum : t("{sum} · {left} left", { sum, left: timeLeft(totals.secondsLeft) });
}

function timeLeft(seconds: number): string {
  if (seconds < MINUTE) return tn("{n} second", "{n} seconds", Math.max(1, Math.ceil(seconds / 5) * 5));
  if (seconds < HOUR) return t("{n} min", { n: Math.round(seconds / MINUTE) });
  return t("{hours} h {minutes} min", { hours: Math.floor(seconds / HOUR), minutes: Math.round((seconds % HOUR) / MINUTE) });
}

/** @translated */
const STATES: Readonly<Record<UploadState, string>> = {
  waiting: "Waits its turn",
  checking: "Checking whether it is there already",
  reading: "Reading and cleaning",
  encrypting: "Encrypting here",
  sending: "Encrypted here · {percent}% sent",
  finishing: "Encrypted here · all sent, being put away",
  "already-there": "Already in your vault. Nothing was sent.",
  done: "In your vault",
  paused: "Paused at {percent}%. Nothing is half stored.",
  "waiting-for-network": "Stopped at {percent}%. It resumes by itself.",
  "choose-again": "Choose it again to go on",
  failed: "Not uploaded",
  cancelled: "Cancelled",
};

export function stateWords(entry: UploadEntry): string {
  if (entry.failure !== null) return t(entry.failure.sentence);
  if (entry.state === "done" && !entry.hasThumbnail) return t("In your vault, without a preview");
  if (entry.state === "already-there" && entry.note !== "") return t(entry.note);
  const percent = entry.totalBytes > 0 ? Math.min(100, Math.floor((entry.sentBytes / entry.totalBytes) * 100)) : 0;
  return t(STATES[entry.state], { percent });
}
