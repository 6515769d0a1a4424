/**
 * What a ciphertext is *for*.
 *
 * A context is authenticated with everything we seal, so the server cannot answer a request
 * for one record with the ciphertext of another, or a new version with an old one.
 */
import { utf8, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Every purpose there is. Values are part of the format: never renamed, never reused. */
export const PURPOSES = [
  "account-key",
  "identity-seed",
  "exchange-seed",
  "content-key",
  "record-key",
  "album-key",
  "group-key",
  "link-key",
  "content",
  "metadata",
  "corrections",
  "marks",
  "album",
  "album-shared-fields",
  "group",
  "upload-plan",
  "session-resume",
  "index",
  "known-keys",
  "exchange-key",
  "grant",
  "guest-upload",
  "recovery-contact",
  "publication",
  "history",
  "comment",
  "like",
  "profile",
  "consent",
] as const;

export type Purpose = (typeof PURPOSES)[number];

/** The part of a context that has nothing to say. */
export const NO_PART = "-";

/** Authenticated statement of what a ciphertext is for. */
export interface Context<P extends Purpose = Purpose> {
  readonly purpose: P;
  /** The owning account's id: lower-case UUID text. */
  readonly owner: string;
  /** The image, album, group, link or upload the ciphertext belongs to; the owner's id for what belongs to the account. */
  readonly record: string;
  /** Which piece of the record: "original", "preview", "thumbnail", or "-". */
  readonly part: string;
  /** A version number, or a key id and generation as text. The number 7 and the text "7" are the same. */
  readonly version: number | string;
}

/** What content is sealed for: a stored photo, or a copy of one that is to be shown to everyone. */
export type ContentContext = Context<"content" | "publication">;

const FORMAT = "pv1";
const SEPARATOR = "|";
const FIELD = /^[A-Za-z0-9._:@-]{1,128}$/;

/**
 * The context as bytes: `pv1|purpose|owner|record|part|version`.
 *
 * Fields hold only letters, digits and `. _ : @ -`, so the separator cannot appear inside one
 * and no two contexts share an encoding. @throws CryptoError "malformed".
 */
export function encodeContext(context: Context): Bytes {
  const fields = [context.purpose, context.owner, context.record, context.part, versionText(context)];
  for (const field of fields) {
    if (!FIELD.test(field)) {
      throw new CryptoError("malformed", "A context field holds characters it may not hold.");
    }
  }
  return utf8([FORMAT, ...fields].join(SEPARATOR));
}

function versionText({ version }: Context): string {
  if (typeof version === "number" && (!Number.isSafeInteger(version) || version < 0)) {
    throw new CryptoError("malformed", "A context version is a whole number from 0 upwards.");
  }
  return String(version);
}
