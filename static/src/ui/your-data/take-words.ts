/** What an export says: how far it is, what came of it, and the words of the pages inside it. */
import type { ExportProgress, ExportWords } from "../../transfer/exporting/contract.ts";
import type { ExportState } from "../../transfer/exporting/exporter.ts";
import { bytesText } from "../format.ts";
import { LOCALE, t, tn } from "../text.ts";

const MINUTE = 60;
const HOUR = 3600;

type Running = Extract<ExportState, { readonly kind: "running" }>;

/** From 0 to 1. Reading back is half as much again as writing, and counts as a part of its own. */
export function shareOf({ phase, bytes, doneBytes, files, doneFiles }: ExportProgress): number {
  const share = bytes > 0 ? Math.min(1, doneBytes / bytes) : files > 0 ? doneFiles / files : 1;
  return phase === "preparing" ? 0 : phase === "finishing" ? 1 : share;
}

export function phaseTitle({ progress, isPaused }: Running): string {
  if (isPaused) return t("Paused");
  if (progress.isWaitingForNetwork) return t("Waiting for the network");
  if (progress.phase === "verifying") return t("Reading everything back");
  if (progress.phase === "finishing") return t("Writing lists and pages");
  return progress.phase === "photos" ? t("Opening and writing your photos") : t("Looking at what is there");
}

/** "412 of 1,204 photos · 3.1 of 8.3 GB · 42 MB a second · 3 min left". */
export function progressWords({ progress, secondsLeft, bytesPerSecond, isPaused }: Running): string {
  const { phase, files, doneFiles, bytes, doneBytes, isWaitingForNetwork } = progress;
  if (phase === "preparing" || phase === "finishing") return "";
  const done = doneFiles.toLocaleString(LOCALE);
  const counted = phase === "verifying" ? tn("{done} of {n} file", "{done} of {n} files", files, { done }) : tn("{done} of {n} photo", "{done} of {n} photos", files, { done });
  const parts = [counted, t("{done} of {all}", { done: bytesText(doneBytes), all: bytesText(bytes) })];
  if (isPaused || isWaitingForNetwork) return parts.join(" · ");
  if (bytesPerSecond !== null) parts.push(t("{size} a second", { size: bytesText(bytesPerSecond) }));
  if (secondsLeft !== null) parts.push(t("{left} left", { left: timeText(secondsLeft) }));
  return parts.join(" · ");
}

function timeText(seconds: number): string {
  if (seconds < MINUTE) return tn("{n} second", "{n} seconds", Math.max(1, Math.ceil(seconds / 5) * 5));
  if (seconds < HOUR) return t("{n} min", { n: Math.ceil(seconds / MINUTE) });
  return t("{hours} h {minutes} min", { hours: Math.floor(seconds / HOUR), minutes: Math.floor((seconds % HOUR) / MINUTE) });
}

/** For the pages that lie beside the photos: read without us, so they say what everything is. */
export function exportWords(): ExportWords {
  return {
    language: LOCALE,
    title: t("Your photos"),
    about: [
      t("These are copies of your photos, opened. Whoever can open this folder can see them."),
      t("Beside each photo lie two small files: .json with everything that is known of it, which other photo services read, and .xmp, which photo editors read."),
      t("The file manifest-sha256.txt names every file with its checksum. Any BagIt tool can tell with it whether all of them are still whole."),
      t("You own these photos. We take no licence of them, and nobody may train models on them."),
    ],
    back: t("All photos"),
    older: t("Next page"),
    newer: t("Page before"),
    noPicture: t("Browsers do not show this kind of file. Open it with a photo program."),
    one: tn("{n} photo", "{n} photos", 1).replace("1", "{n}"),
    many: t("{n} photos"),
  };
}
