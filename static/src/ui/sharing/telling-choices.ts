/** What one's photos tell in a shared album besides the picture, to be chosen at any time. */
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { TELLINGS, type Telling } from "../../crypto/event.ts";
import { t } from "../text.ts";

/** A choice that holds from now on. */
export interface Chosen {
  readonly telling: Telling;
  readonly isTold: boolean;
}

export interface TellingChoices {
  readonly offered: readonly Telling[];
  readonly tells: readonly Telling[];
  readonly isBusy: boolean;
  /** What is told once a box was put another way, and which one it was. */
  readonly choose: (tells: readonly Telling[], chosen: Chosen) => void;
  /** What came of it; "" where nobody is in the album yet. */
  readonly words: string;
}

export function tellingChoices({ offered, tells, isBusy, choose, words }: TellingChoices): TemplateResult {
  const put = (telling: Telling, isTold: boolean): void => {
    choose(TELLINGS.filter((each) => (each === telling ? isTold : tells.includes(each))), { telling, isTold });
  };
  return html`<fieldset class="tells"><legend>${t("Tell them more")}</legend>
    ${offered.map((telling) => html`<label class="tell"><input type="checkbox" .checked=${live(tells.includes(telling))} ?disabled=${isBusy}
      @change=${(event: Event) => { put(telling, (event.target as HTMLInputElement).checked); }} /><span>${telling === "taken_at" ? t("When each photo was taken") : t("Where each photo was taken")}</span></label>`)}
    ${words === "" ? nothing : html`<p class="quiet small" role="status">${words}</p>`}</fieldset>`;
}

/** What a choice means for those who are in an album already. */
export function chosenWords({ telling, isTold }: Chosen): string {
  if (telling === "taken_at") {
    return isTold ? t("Others will see when each of your photos was taken from now on.") : t("Others will no longer see when each of your photos was taken. Whoever saw it before may remember it.");
  }
  return isTold ? t("Others will see where each of your photos was taken from now on.") : t("Others will no longer see where each of your photos was taken. Whoever saw it before may remember it.");
}
