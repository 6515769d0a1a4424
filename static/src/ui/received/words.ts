/** How people and what they may do in somebody's album is said. */
import type { GrantRole, HistoryEvent } from "../../crypto/event.ts";
import type { PeopledAlbum } from "../../vault/sharing/received.ts";
import type { Completeness } from "../../vault/sharing/received-inventory.ts";
import { currentVault } from "../../vault/unlock.ts";
import { numberText } from "../format.ts";
import { initials } from "../people/initials.ts";
import { t, tn } from "../text.ts";

export type Named = Pick<PeopledAlbum, "people" | "self">;

/** Whoever is meant: "You", an address, or that nobody knows. */
export function personName({ people, self }: Named, accountId: string): string {
  if (accountId === self) return t("You");
  return people.get(accountId)?.email ?? t("Somebody you do not know yet");
}

/** Two letters that stand for them, of one's own address too. */
export function personLetters(album: Named, accountId: string): string {
  return initials(accountId === album.self ? (currentVault()?.email ?? "") : personName(album, accountId));
}

/** Who shares an album, by their address. */
export const ownerName = (album: PeopledAlbum): string => personName(album, album.ownerId);

export const likedWords = (isLiked: boolean): string => (isLiked ? t("You like it") : t("You do not like it any more"));

/** @translated */
const ROLES: Readonly<Record<GrantRole, string>> = {
  viewer: "You can look",
  contributor: "You can look and add photos of your own",
  manager: "You manage it together with its owner",
};

/** What this account may do here. */
export function mayWords({ role, canDownload }: { readonly role: GrantRole; readonly canDownload: boolean }): string {
  const may = t(ROLES[role]);
  return canDownload ? t("{may}, and save the originals", { may }) : t("{may}. Saving is off", { may });
}

/** @translated */
const GIVEN: Readonly<Record<string, string>> = { viewer: "can look", contributor: "can add", manager: "manages", owner: "owns it" };

/** @translated */
const YOURS: Readonly<Record<string, string>> = { viewer: "you can look", contributor: "you can add", manager: "you manage it", owner: "you own it" };

export const youWords = (role: string): string => t(YOURS[role] ?? "you can look");
export const givenWords = (role: string): string => t(GIVEN[role] ?? "can look");

/** What somebody did, after their name. */
export function deedWords(album: Named, event: HistoryEvent): string {
  switch (event.event) {
    case "created": return t("began to share it");
    case "member-set": return event.account === album.self
      ? t("let you in: {role}", { role: youWords(event.role) })
      : t("let {name} in: {role}", { name: personName(album, event.account), role: givenWords(event.role) });
    case "group-set": return t("let a group in: {role}", { role: givenWords(event.role) });
    case "member-removed": return event.account === album.self ? t("ended your access") : t("ended the access of {name}", { name: personName(album, event.account) });
    case "group-removed": return t("ended the access of a group");
    case "left": return t("left, with what they had added");
    case "stopped": return t("ended all sharing");
    case "rotated": return t("replaced its key");
    case "settings-set": return t("changed its name, words or order");
    case "items-added": return tn("added {n} photo", "added {n} photos", event.count);
    case "items-replaced": return tn("showed {n} photo anew", "showed {n} photos anew", event.count);
    case "items-removed": return tn("took {n} photo out", "took {n} photos out", event.items.length);
    case "telling-chosen": return t("chose what their photos tell");
    case "link-set": return t("made a link to it");
    case "link-ended": return t("ended a link to it");
    case "handed-over": return t("handed it over");
  }
}

/** Of each person whose keys are not those they were let in with. */
export function changedKeysWords(album: PeopledAlbum): readonly string[] {
  const changed = [...album.people.values()].filter(({ isChanged }) => isChanged);
  return changed.map(({ accountId }) => t("The service gives other keys for {name} than those they were let in with. What they signed before still counts; ask them by another way.", { name: personName(album, accountId) }));
}

/** How many photos stand in an album of one's own, and how many of them others put in. */
export function countWords(count: number, others: number): string {
  if (others === 0) return tn("{n} photo", "{n} photos", count);
  if (others === count) return tn("{n} photo, from somebody else", "{n} photos, all of them from others", count);
  return tn("{n} photo, {others} of them from others", "{n} photos, {others} of them from others", count, { others: numberText(others) });
}

/** What is not as the history says, in sentences. */
export function gapWords({ missing, strangers }: Completeness): readonly string[] {
  return [
    ...(missing === 0 ? [] : [tn(
      "{n} photo that was put into this album is not here. Its owner took it back or put it into their recycle bin, or the service leaves it out.",
      "{n} photos that were put into this album are not here. Their owners took them back or put them into their recycle bins, or the service leaves them out.", missing)]),
    ...(strangers === 0 ? [] : [tn(
      "The service lists {n} photo here that nobody who may has put in. It is not shown.",
      "The service lists {n} photos here that nobody who may has put in. They are not shown.", strangers)]),
  ];
}
