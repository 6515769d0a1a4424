/** What the viewer moves through. */
import type { View } from "../../../vault/library/view.ts";
import type { Place } from "../acts.ts";

export interface ViewerSource {
  readonly place: Place;
  /** The list as it is now; it may have changed while a photo was looked at. */
  readonly view: () => View;
}
