/**
 * Between how far the page is scrolled and where in the timeline that is.
 *
 * Browsers cap the height of an element (Chromium: 16.7 million CSS pixels at twice the
 * density). A timeline may be longer, so beyond a safe height the scroll position is
 * stretched: the page is `LIMIT` high and one scrolled pixel stands for several.
 */
export const LIMIT = 8_000_000;

export class ScrollMap {
  readonly pageHeight: number;

  constructor(
    private readonly contentHeight: number,
    private readonly viewport: number,
  ) {
    this.pageHeight = Math.min(contentHeight, LIMIT);
  }

  /** The content's offset shown at the top of the viewport when scrolled to `scrollTop`. */
  toContent(scrollTop: number): number {
    const pageSpan = this.pageHeight - this.viewport;
    if (pageSpan <= 0) return 0;
    const share = Math.min(1, Math.max(0, scrollTop / pageSpan));
    return share * Math.max(0, this.contentHeight - this.viewport);
  }

  /** Where to scroll so that `offset` stands at the top of the viewport. */
  toScroll(offset: number): number {
    const contentSpan = this.contentHeight - this.viewport;
    if (contentSpan <= 0) return 0;
    const share = Math.min(1, Math.max(0, offset / contentSpan));
    return share * Math.max(0, this.pageHeight - this.viewport);
  }

  /** How far to move what is drawn, so that content `offset` meets the scrolled page. */
  shift(scrollTop: number): number {
    return scrollTop - this.toContent(scrollTop);
  }
}
