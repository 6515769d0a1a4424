/** Icons and rings from the two sprites. All are decoration: the words stand beside them. */
import { html, nothing, type TemplateResult } from "lit";
import { address } from "virtual:assets";

export type RingMeaning = "locked" | "only-you" | "people" | "link" | "public";

const SVG = "http://www.w3.org/2000/svg";

/** An icon by its logical name in `static/icons.json`. */
export function icon(name: string, extra = ""): TemplateResult {
  return html`<svg class="icon ${extra}" aria-hidden="true"><use href="${address("icons.svg")}#${name}"></use></svg>`;
}

/** The ring that says who can open something. */
export function ring(meaning: RingMeaning, extra = ""): TemplateResult {
  return html`<svg class="ring ${extra}" viewBox="0 0 24 24" aria-hidden="true"><use href="${address("img/rings.svg")}#${meaning}"></use></svg>`;
}

/** The same as an element, for code that does not render with Lit. */
export function ringElement(meaning: RingMeaning, extra = ""): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", `ring ${extra}`);
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${address("img/rings.svg")}#${meaning}`);
  drawing.append(use);
  return drawing;
}

/** The vault's own ring, which closes to a disc. */
export function vaultRing(locked: boolean, extra = ""): TemplateResult {
  return html`<svg class="ring ${extra} ${locked ? "is-locked" : ""}" viewBox="0 0 24 24" aria-hidden="true">
    <circle class="boundary" cx="12" cy="12" r="8"></circle><circle class="you" cx="12" cy="12" r="2.6"></circle>
  </svg>`;
}

/** An icon as an element, for code that does not render with Lit. */
export function iconElement(name: string, extra = ""): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", `icon ${extra}`);
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${address("icons.svg")}#${name}`);
  drawing.append(use);
  return drawing;
}

/** A sentence about what went wrong, below the field it is about. */
export function wrong(id: string, sentence: string): TemplateResult | typeof nothing {
  return sentence === "" ? nothing : html`<p class="wrong" id=${id} role="alert">${icon("info")}<span>${sentence}</span></p>`;
}
