/**
 * What the public log says of the code that browsers are given (docs/log.md): the SHA-256 of a manifest, which names
 * every script and style with its own.
 */
import { utf8 } from "./bytes.ts";
import { readCanonical, textIn, type Members } from "./canonical.ts";
import { CryptoError } from "./errors.ts";
import { readVerifierKey, type Checkpoint } from "./log-note.ts";
import { checkProof, readProof } from "./log-proof.ts";

/** A release as the log took it in. */
export interface LoggedRelease {
  /** The day, as the log says. */
  readonly on: string;
  readonly checkpoint: Checkpoint;
}

const FORMAT = "pocketvault.entry/1";
const KIND = "release.served";

/**
 * Insist that the log with this key states a manifest as served.
 *
 * `text` is what `/log/release/SHA256` answers: the entry as it stands in the log, and its proof. @throws CryptoError.
 */
export function checkRelease(text: string, manifestSha256: string, key: string): LoggedRelease {
  const { entry, proof } = answered(text);
  const stated = readCanonical(entry);
  const facts = stated["facts"] as Members | undefined;
  if (stated["format"] !== FORMAT || stated["kind"] !== KIND || facts?.["manifest_sha256"] !== manifestSha256) {
    throw new CryptoError("malformed", "The entry of the public log is about something else.");
  }
  return { on: textIn(stated["on"]), checkpoint: checkProof(readProof(proof), utf8(entry), readVerifierKey(key)) };
}

function answered(text: string): { readonly entry: string; readonly proof: string } {
  try {
    const { entry, proof } = JSON.parse(text) as Members;
    return { entry: textIn(entry), proof: textIn(proof) };
  } catch {
    throw new CryptoError("malformed", "This is not an entry of the public log with its proof.");
  }
}
