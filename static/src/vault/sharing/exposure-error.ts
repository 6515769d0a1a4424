/** Why one way in cannot be ended by itself. */

/** Stable, for tests and for those who switch on it. */
export type ExposureErrorCode = "not-in-history";

const SENTENCES: Readonly<Record<ExposureErrorCode, string>> = {
  "not-in-history": "The service lists somebody here whom you never let in, by the signed history of this album. Stop sharing the album: that ends it for everybody.",
};

export class ExposureError extends Error {
  override readonly name = "ExposureError";

  constructor(readonly code: ExposureErrorCode) {
    super(SENTENCES[code]);
  }
}
