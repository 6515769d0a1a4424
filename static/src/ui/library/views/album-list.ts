/** One album as a list: its name, its words, its photos in its order. */
import { html, nothing, type TemplateResult } from "lit";

import { Problem } from "../../../api/problem.ts";
import type { Filter } from "../../../vault/library/filter.ts";
import { icon } from "../../icons.ts";
import { confirmDialog, toast } from "../../shell/notices.ts";
import { go } from "../../shell/router.ts";
import { t, tn } from "../../text.ts";
import { Contributed } from "../../received/contributed.ts";
import { TalkSheet } from "../../received/album-talk.ts";
import { PeopleSheet } from "../../received/people-sheet.ts";
import { warningNotes } from "../../received/warning-notes.ts";
import { countWords } from "../../received/words.ts";
import { albumTarget } from "../../sharing/share-target.ts";
import { askForSettings, askToShare } from "../dialogs/coming.ts";
import { sentenceOf } from "../outcome.ts";
import type { LibrarySession } from "../session.ts";
import { askForUpload } from "../upload/asking.ts";
import type { PhotoList } from "./photo-page.ts";

export function albumList(session: LibrarySession, albumId: string): PhotoList {
  const { library } = session.access;
  const order = (): "captured" | "added" | "custom" => library.album(albumId)?.order ?? "captured";
  const others = new Contributed(session, albumId);
  const filter = (): Filter => ({ albumId, order: order() });
  return {
    title: library.album(albumId)?.name ?? t("Album"),
    place: { kind: "album", albumId, whole: () => others.viewWith(library.view(filter())) },
    filter,
    others,
    follow: (changed) => followOthers(others, changed),
    isOpening: () => others.isOpening,
    headings: () => (order() === "captured" ? "days" : "none"),
    intro: (count) => intro(session, albumId, count, others),
    empty: () => empty(session, albumId),
  };
}

function followOthers(others: Contributed, changed: () => void): () => void {
  others.subscribe(changed);
  others.start();
  return () => { others.close(); };
}

function intro(session: LibrarySession, albumId: string, count: number, others: Contributed): TemplateResult {
  const album = session.access.library.album(albumId);
  if (album === null) return html`<h1 class="sr">${t("Album")}</h1>`;
  const { alerts, gaps } = others.warnings;
  return html`<header class="list-head">
    <a class="btn ghost accent album-back" href="/albums">${icon("back")}${t("All albums")}</a>
    <div class="line">
      <div><h1>${album.name || t("Album that cannot be opened")}</h1>
        <p>${album.description === "" ? nothing : html`${album.description} · `}<span class="num">${countWords(count, others.count)}</span></p></div>
      <div class="acts">
        ${album.state === "fine" && count > 0 ? html`<button class="btn main" type="button" @click=${() => void askToShare(session, albumTarget(albumId, session.access.library))}>${icon("share")}${t("Share")}</button>` : nothing}
        ${album.state === "fine" && album.isShared ? amongPeople(albumId, others) : nothing}
        <button class="btn" type="button" aria-label=${t("Name and order")} @click=${() => void askForSettings(session, album)}>${icon("correct")}<span class="wide-only">${t("Name and order")}</span></button>
        <button class="btn ghost danger" type="button" aria-label=${t("Delete album")} @click=${() => void deleteAlbum(session, albumId)}>${icon("recycle", "phone-only")}<span class="wide-only">${t("Delete album")}</span></button>
      </div>
    </div>
    ${unbelievable(others)}${warningNotes(alerts, gaps)}
  </header>`;
}

/** What an album has once others can be in it, in the same words and places as on the page of one that others share. */
function amongPeople(albumId: string, others: Contributed): TemplateResult {
  return html`<button class="btn" type="button" aria-label=${t("Conversation")} @click=${() => void new TalkSheet(albumId).open()}>${icon("comment")}<span class="wide-only">${t("Conversation")}</span></button>
    <button class="btn" type="button" aria-label=${t("People and what happened")} @click=${() => void new PeopleSheet(others.read(albumId)).open()}>${icon("people")}<span class="wide-only">${t("People and what happened")}</span></button>`;
}

/** Own photos come from the library: only what others put in stays closed. */
function unbelievable(others: Contributed): TemplateResult | typeof nothing {
  const { error } = others;
  if (error === null) return nothing;
  const words = error instanceof Problem ? t("What others put into this album is not shown for now. Your own photos here are not touched by that.")
    : t("What the service shows of this album does not agree with what its people signed, so what others put into it stays closed on this device. Your own photos here are not touched by that.");
  return html`<div class="note danger" role="alert">${icon("warning")}<div class="grow"><strong>${sentenceOf(error)}</strong>
    <p>${words}</p>
    <p class="acts"><button class="btn" type="button" @click=${() => void others.readAnew()}>${t("Look again")}</button></p></div></div>`;
}

function empty(session: LibrarySession, albumId: string): TemplateResult {
  if (session.access.library.album(albumId) === null) {
    return html`<div class="empty"><p>${t("This album is not in your vault.")}</p><a class="btn" href="/albums">${t("All albums")}</a></div>`;
  }
  return html`<div class="empty"><p>${t("Nothing in this album yet. Pick photos in the timeline and add them, or upload straight into it.")}</p>
    <button class="btn" type="button" @click=${() => { askForUpload("files"); }}>${t("Upload into this album")}</button></div>`;
}

async function deleteAlbum({ access }: LibrarySession, albumId: string): Promise<void> {
  const album = access.library.album(albumId);
  if (album === null) return;
  const goesOn = await confirmDialog({
    title: t("Delete the album “{name}”?", { name: album.name }),
    sentences: [tn("Its {n} photo stays in your vault.", "Its {n} photos stay in your vault.", album.count), t("The album's name, words and order are gone."),
      ...(album.isShared ? [t("Everybody you shared it with loses access at once, and photos that others added go back to them.")] : [])],
    confirm: t("Delete album"),
    danger: true,
  });
  if (!goesOn) return;
  try {
    await access.changes.deleteAlbum(albumId);
    go("/albums");
    toast(t("The album is gone. Its photos are not."));
  } catch (error) {
    toast(sentenceOf(error));
  }
}
