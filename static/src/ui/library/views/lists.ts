/** The plain lists: photos, favourites, archive, recycle bin. */
import { html, nothing, type TemplateResult } from "lit";

import { changePreferences } from "../../../vault/preferences.ts";
import { toast } from "../../shell/notices.ts";
import { t, tn } from "../../text.ts";
import { recycleBinDays, refreshBinPreference } from "../deleting.ts";
import { sentenceOf } from "../outcome.ts";
import { firstRun } from "./first-run.ts";
import type { LibrarySession } from "../session.ts";
import type { PhotoList } from "./photo-page.ts";

function head(title: string, sentence: string | typeof nothing): TemplateResult {
  return html`<header class="list-head one-line"><h1>${title}</h1>${sentence === nothing ? nothing : html`<p>${sentence}</p>`}</header>`;
}

export function photosList({ others }: LibrarySession): PhotoList {
  return { title: t("Photos"), place: { kind: "photos" }, filter: () => ({}), others, headings: () => "days", empty: firstRun };
}

export function favouritesList(): PhotoList {
  return {
    title: t("Favourites"),
    place: { kind: "photos" },
    filter: () => ({ favourite: true }),
    headings: () => "days",
    intro: (count) => head(t("Favourites"), count === 0 ? nothing : tn("{n} photo", "{n} photos", count)),
    empty: () => html`<div class="empty"><p>${t("Photos you mark as favourites gather here.")}</p><a class="btn" href="/photos">${t("Go to your photos")}</a></div>`,
  };
}

export function archiveList(): PhotoList {
  return {
    title: t("Archive"),
    place: { kind: "archive" },
    filter: () => ({ place: "archive" }),
    headings: () => "days",
    intro: (count) => head(t("Archive"), count === 0 ? nothing : t("Out of the timeline, still in your vault, in albums and in search.")),
    empty: () => html`<div class="empty"><p>${t("Photos you archive leave the timeline and stay here.")}</p><a class="btn" href="/photos">${t("Go to your photos")}</a></div>`,
  };
}

export function binList(): PhotoList {
  return {
    title: t("Recycle bin"),
    place: { kind: "bin" },
    filter: () => ({ place: "bin" }),
    headings: () => "days",
    intro: (count) => head(t("Recycle bin"), count === 0 ? nothing : binSentence()),
    empty: emptyBin,
  };
}

function binSentence(): string {
  const days = recycleBinDays();
  return days === 0
    ? t("Each photo is deleted on the day it was promised when you put it here.")
    : tn("Hidden now, deleted for good {n} day after you put them here.", "Hidden now, deleted for good {n} days after you put them here.", days);
}

function emptyBin(): TemplateResult {
  if (recycleBinDays() > 0) {
    return html`<div class="empty"><p>${t("The recycle bin is empty.")}</p><a class="btn" href="/photos">${t("Go to your photos")}</a></div>`;
  }
  const turnOn = async (): Promise<void> => {
    try {
      await changePreferences({ recycle_bin_days: 7 });
      refreshBinPreference();
      toast(t("The recycle bin is on. Deleted photos wait here for 7 days."));
    } catch (error) {
      toast(sentenceOf(error));
    }
  };
  return html`<div class="empty"><p>${t("The recycle bin is off, so photos you delete are gone after 10 seconds. Turned on, it keeps them for 7 days.")}</p>
    <button class="btn" type="button" @click=${turnOn}>${t("Turn on the recycle bin")}</button></div>`;
}
