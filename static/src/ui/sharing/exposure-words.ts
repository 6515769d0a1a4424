/** What a way in says to people: whose it is, what it reveals, and when it was last used. */
import { html, type TemplateResult } from "lit";

import type { ExposedAlbum, Exposure } from "../../vault/sharing/exposures.ts";
import { dayText } from "../format.ts";
import { addressText } from "../people/address.ts";
import { t, tn } from "../text.ts";

export const albumName = ({ name }: Pick<ExposedAlbum, "name">): string => {
  if (name === null) return t("Album that cannot be opened");
  return name === "" ? t("Album without a name") : name;
};

/** Whom it lets in. */
export function exposureName({ kind, name }: Exposure): string {
  if (kind === "everyone") return t("Everyone");
  if (kind === "link") return t("Anyone with the link");
  if (kind === "collect-link") return name === null || name === "" ? t("A link that brings photos to you") : name;
  if (name !== null && name !== "") return name;
  return kind === "group" ? t("A group that cannot be believed") : t("Somebody whose account is gone");
}

export const exposureTitle = (exposure: Exposure): TemplateResult =>
  exposure.kind === "account" ? addressText(exposureName(exposure)) : html`${exposureName(exposure)}`;

/** What they can do by it. */
export function revealWords(exposure: Exposure): string {
  const { kind, memberCount } = exposure;
  if (kind === "collect-link") return t("Brings photos to you and shows none");
  const may = mayWords(exposure);
  return kind === "group" ? t("{people} in it · {may}", { people: tn("{n} other person", "{n} other people", memberCount), may }) : may;
}

/** The role, and whether the original files go along. */
function mayWords({ role, canDownload }: Exposure): string {
  if (role === "manager") return canDownload ? t("Manages the album, can save originals") : t("Manages the album, cannot save originals");
  if (role === "contributor") return canDownload ? t("Can look, add photos and save originals") : t("Can look and add photos, not save originals");
  return canDownload ? t("Can look and save originals") : t("Can look, not save originals");
}

/** Since when, until when, and how lately it was used. The server keeps the day and nothing finer. */
export function useWords({ kind, since, expiresAt, lastUsedOn, views, viewLimit }: Exposure): string {
  const words = [t("Since {day}", { day: dayText(since) })];
  if (lastUsedOn === null) words.push(t("not used yet"));
  else words.push(t("last used on {day}", { day: dayText(lastUsedOn) }));
  if (kind === "link" && viewLimit !== null) words.push(tn("opened {views} of {n} time", "opened {views} of {n} times", viewLimit, { views }));
  else if (kind === "link" && views > 0) words.push(tn("opened {n} time", "opened {n} times", views));
  if (expiresAt !== null) words.push(t("ends on {day}", { day: dayText(expiresAt) }));
  return words.join(" · ");
}
