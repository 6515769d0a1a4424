/** A decrypted picture inside a Lit template, let go of when the template leaves. */
import { html, type TemplateResult } from "lit";
import { AsyncDirective, directive } from "lit/async-directive.js";
import type { ElementPart } from "lit";
import type { PartInfo } from "lit/directive.js";

import type { MediaHandle, Pictured } from "../../../vault/library/media.ts";

class PictureDirective extends AsyncDirective {
  #id: string | null = null;
  #version = 0;
  #leaving = new AbortController();
  #handle: MediaHandle | null = null;
  readonly #isElement: boolean;

  constructor(part: PartInfo) {
    super(part);
    this.#isElement = part.type === 6;
  }

  render(media: Pictured, id: string | null, version = 0): undefined {
    // Nothing is drawn in place; update() works on the element itself.
    void media;
    void id;
    void version;
    return undefined;
  }

  override update(part: ElementPart, [media, id, version = 0]: [Pictured, string | null, number?]): undefined {
    if ((id === this.#id && version === this.#version) || !this.#isElement) return;
    this.#letGo();
    this.#id = id;
    this.#version = version;
    if (part.element instanceof HTMLImageElement && id !== null) void this.#load(part.element, media, id);
  }

  protected override disconnected(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#handle?.release();
    this.#handle = null;
    this.#id = null;
  }

  async #load(image: HTMLImageElement, media: Pictured, id: string): Promise<void> {
    const { signal } = this.#leaving;
    image.hidden = true;
    try {
      const handle = await media.thumbnail(id, { signal });
      if (signal.aborted) {
        handle.release();
        return;
      }
      this.#handle = handle;
      image.src = handle.url;
      // Shown once it proved to be a picture: nobody needs to see a broken one.
      await image.decode();
      if (!signal.aborted) image.hidden = false;
    } catch {
      if (!signal.aborted) image.hidden = true;
    }
  }
}

/** `<img ${picture(media, id)}>`, with the version where it may change while the picture is shown. */
export const picture = directive(PictureDirective);

/** The small picture of an album or photo; a plain plate when there is none. */
export function coverPicture(media: Pictured, id: string | null): TemplateResult {
  return html`<span class="small-cover"><img alt="" hidden ${picture(media, id)} /></span>`;
}
