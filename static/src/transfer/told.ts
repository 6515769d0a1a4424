/** What comes along with a photo of somebody else's that is kept. */

/** What whoever shared a photo chose to tell of it. */
export interface Told {
  /** "" for none. */
  readonly title: string;
  /** The wall-clock time, as in the metadata; null when it was not told. */
  readonly capturedAt: string | null;
}
