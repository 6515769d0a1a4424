/** Drawings of the page that opens archives. They stand in it, because it may load nothing. */
import { html, svg, type TemplateResult } from "lit";

/** The brand's mark: a line around you. */
export const mark = (): TemplateResult =>
  html`<svg class="ring" viewBox="0 0 24 24" aria-hidden="true"><circle class="boundary" cx="12" cy="12" r="9"></circle><circle class="you" cx="12" cy="12" r="3"></circle></svg>`;

const PATHS = {
  archive: svg`<path d="M4 8v11a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1V8M3 4h18v4H3zM10 12h4"></path>`,
  folder: svg`<path d="M3 18V6a1 1 0 0 1 1-1h5l2 3h8a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z"></path>`,
  file: svg`<path d="M14 3H6a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8zM14 3v5h5"></path>`,
  tick: svg`<path d="M5 12.5l4.5 4.5L19 7.5"></path>`,
  alert: svg`<circle cx="12" cy="12" r="9"></circle><path d="M12 7.5v5M12 16v.5"></path>`,
  offline: svg`<path d="M4 4l16 16M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 5-2.7M19 12a10 10 0 0 0-3.4-2.2M12 19.5v.1"></path>`,
} as const;

export const drawing = (name: keyof typeof PATHS): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${PATHS[name]}</svg>`;

/** A sentence about what went wrong, below the field it is about. */
export const wrong = (sentence: string): TemplateResult => html`<p class="wrong" role="alert">${drawing("alert")}<span>${sentence}</span></p>`;
