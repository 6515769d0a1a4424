/** The bar that takes the place of the top bar (desktop) or of the tabs (phone) while photos are picked. */
import { html, render, type TemplateResult } from "lit";

import { bytesText } from "../format.ts";
import { icon } from "../icons.ts";
import { announce } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { actsFor, type Act, type PickedFromOthers, type Place } from "./acts.ts";
import type { Selection } from "./selection.ts";
import { onSession, type LibrarySession } from "./session.ts";

const SAY_AFTER_MS = 400;

let place: Place = { kind: "photos" };
/** Photos of somebody else's album are not in the library: their page knows what they weigh and what may be done. */
let received: () => PickedFromOthers | undefined = () => undefined;
let redraw: () => void = () => undefined;

/** Say where the photos stand that can be picked now. */
export function setPickPlace(next: Place, fromOthers: typeof received = () => undefined): void {
  place = next;
  received = fromOthers;
  redraw();
}

/** Keep the bar in step with what is picked. */
export function watchSelection(): void {
  const bar = document.getElementById("pickbar");
  if (bar === null) return;
  let stop: () => void = () => undefined;
  document.addEventListener("keydown", clearOnEscape);
  onSession((session) => {
    stop();
    if (session === null) {
      bar.hidden = true;
      redraw = () => undefined;
      return;
    }
    redraw = () => { draw(bar, session); };
    stop = session.selection.subscribe(redraw);
  });

  function clearOnEscape(event: KeyboardEvent): void {
    const isElsewhere = document.querySelector("dialog[open], pv-viewer, [popover]:popover-open") !== null;
    if (event.key === "Escape" && !isElsewhere && !event.defaultPrevented) clearSelection();
  }
}

let clearSelection: () => void = () => undefined;
let saying = 0;

function draw(bar: HTMLElement, session: LibrarySession): void {
  const { selection } = session;
  clearSelection = () => { selection.clear(); };
  const hadFocus = bar.contains(document.activeElement);
  bar.hidden = selection.size === 0;
  if (bar.hidden) {
    if (hadFocus) document.getElementById("main")?.focus({ preventScroll: true });
    return;
  }
  clearTimeout(saying);
  saying = window.setTimeout(() => { announce(countText(selection)); }, SAY_AFTER_MS);
  render(content(session), bar);
}

const countText = ({ ids, size }: Selection): string => received()?.countText?.(ids) ?? tn("{n} selected", "{n} selected", size);

function sizeOf({ access, selection }: LibrarySession): number {
  return received()?.bytesOf(selection.ids) ?? selection.ids.reduce((sum, id) => sum + (access.library.byId(id)?.bytes ?? 0), 0);
}

function content(session: LibrarySession): TemplateResult {
  const { selection } = session;
  const acts = (received()?.actsFor(selection.ids) ?? actsFor(session, place)).filter((act) => act.isSingle !== true || selection.size === 1);
  const rare = acts.filter((act) => act.isRare === true);
  const last = acts.at(-1);
  return html`<button class="btn icon-only close" type="button" aria-label=${t("Clear selection")} @click=${clearSelection}>${icon("close")}</button>
    <p class="count">${countText(selection)}<span class="num">${bytesText(sizeOf(session))}</span></p>
    ${acts.filter((act) => act !== last).map((act) => button(act, session))}
    ${rare.length === 0 ? "" : more(rare, session)} ${last === undefined ? "" : button(last, session)}`;
}

function button(act: Act, session: LibrarySession): TemplateResult {
  const style = `${act.isDanger === true ? "danger" : ""} ${act.isRare === true ? "wide-only" : ""}`;
  return html`<button class="btn ghost act ${style}" type="button" title=${act.label} @click=${() => void perform(act, session)}>${icon(act.icon)}<span>${act.label}</span></button>`;
}

function more(acts: readonly Act[], session: LibrarySession): TemplateResult {
  const choose = (act: Act) => (): void => {
    document.getElementById("pick-more")?.hidePopover();
    void perform(act, session);
  };
  return html`<button class="btn ghost act phone-only" type="button" popovertarget="pick-more">${icon("more")}<span>${t("More")}</span></button>
    <div class="menu pick-more" id="pick-more" popover>
      ${acts.map((act) => html`<button type="button" @click=${choose(act)}>${icon(act.icon)}${act.label}</button>`)}
    </div>`;
}

/** A finished act lets go of what was picked; one that was called off keeps it. */
async function perform(act: Act, { selection }: LibrarySession): Promise<void> {
  const isDone = await act.run(selection.ids);
  if (isDone) selection.clear();
}
