/** What the viewer moves through: the photos, how they are opened, and what can be done with one. */
import type { TemplateResult } from "lit";

import type { Pictured } from "../../../vault/library/media.ts";
import type { Item, View } from "../../../vault/library/view.ts";
import type { Act } from "../acts.ts";

export interface ViewerSource {
  /** The list as it is now; it may have changed while a photo was looked at. */
  readonly view: () => View;
  readonly byId: (id: string) => Item | null;
  readonly media: Pictured;
  readonly subscribe: (changed: () => void) => () => void;
  /** How much of the list is there: nothing yet, more to come, or all of it. */
  readonly extent: () => "nothing" | "some" | "all";
  readonly acts: (id: string) => readonly Act[];
  /** The page under the viewer, and a photo of it. */
  readonly pageAddress: string;
  readonly addressOf: (id: string) => string;
  /** The panel beside the photo; it says `pv-close` to be closed. */
  readonly panel: (item: Item, close: (event: Event) => void) => TemplateResult;
  /** What stands where no picture can. */
  readonly plate: (item: Item, save: () => void) => TemplateResult;
  /** Said when the photo is not there. */
  readonly absence: () => string;
}
