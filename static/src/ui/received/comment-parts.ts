/** How comments are drawn and written, about one photo or about a whole album. */
import { html, nothing, type TemplateResult } from "lit";

import { LONGEST_COMMENT, type Comment, type Said } from "../../vault/sharing/received-remarks.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { personLetters, personName, type Named } from "./words.ts";

export interface Writing {
  readonly words: string;
  readonly problem: string;
  readonly isBusy: boolean;
  readonly type: (words: string) => void;
  readonly send: (event: Event) => void;
}

/** What was said, oldest first; nothing while it is not known. */
export function commentList(said: Said<Comment> | null, album: Named, isBusy: boolean, takeBack: (comment: Comment) => void): TemplateResult | typeof nothing {
  if (said === null) return nothing;
  if (said.proved.length === 0) return html`<p class="quiet small">${t("Nobody wrote anything yet.")}</p>`;
  return html`<ol class="comments" aria-label=${t("Comments")}>${said.proved.map((each) => line(each, album, isBusy, takeBack))}</ol>`;
}

function line(each: Comment, album: Named, isBusy: boolean, takeBack: (comment: Comment) => void): TemplateResult {
  const name = personName(album, each.authorId);
  return html`<li><span class="avatar" aria-hidden="true">${personLetters(album, each.authorId)}</span>
    <div class="grow"><strong>${name}</strong><time class="sub" datetime=${each.madeAt}>${momentText(each.madeAt)}</time><p>${each.text}</p></div>
    ${each.mayDelete ? html`<button class="btn icon-only" type="button" aria-label=${each.isOwn ? t("Delete your comment “{text}”", { text: each.text }) : t("Delete the comment of {name}", { name })} title=${t("Delete")} ?disabled=${isBusy} @click=${() => { takeBack(each); }}>${icon("close", "small")}</button>` : nothing}</li>`;
}

/** What nobody signed who is known on this device. */
export function unprovedNote(said: Said<unknown> | null): TemplateResult | typeof nothing {
  if (said === null || said.unproved === 0) return nothing;
  return html`<p class="quiet small">${icon("warning", "small")} ${tn("{n} more cannot be checked on this device, and is not shown.", "{n} more cannot be checked on this device, and are not shown.", said.unproved)}</p>`;
}

export function writeForm({ words, problem, isBusy, type, send }: Writing): TemplateResult {
  // With a keyboard, sending needs no way to the button.
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  };
  return html`<form class="write" @submit=${send}>
    <label class="sr" for="comment">${t("Write a comment")}</label>
    <textarea class="input" id="comment" rows="2" maxlength=${LONGEST_COMMENT} placeholder=${t("Write a comment")} .value=${words} @input=${(event: Event) => { if (event.target instanceof HTMLTextAreaElement) type(event.target.value); }} @keydown=${keys}></textarea>
    ${problem === "" ? nothing : html`<p class="note problem" role="alert">${icon("warning")}<span>${problem}</span></p>`}
    <div class="acts"><p class="quiet small">${t("Everybody in the album can read it.")}</p>
      <button class="btn" type="submit" aria-busy=${isBusy ? "true" : "false"} ?disabled=${words.trim() === ""}>${t("Send")}</button></div>
  </form>`;
}

/** Whether it is to be deleted for everybody. */
export async function askTakeBack({ text }: Comment): Promise<boolean> {
  return await confirmDialog({ title: t("Delete this comment?"), sentences: [text], confirm: t("Delete"), danger: true });
}
