/** An archive on somebody's disk: its members, and the way to the keys inside. */
import { isRecord, list, numberOr, record, text, type UnknownRecord } from "../api/shape.ts";
import { fromBase64Url } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { KdfParameters } from "../crypto/kdf-parameters.ts";
import { keysFromPassword } from "../crypto/kdf.ts";
import type { KeyEncryptionKey } from "../crypto/keys.ts";
import { keysFromRecovery, secretFromPhrase } from "../crypto/recovery.ts";
import { forget, openAccountKey } from "../vault/account-key.ts";
import { openKeyring, type Keyring } from "../vault/library/keyring.ts";
import { ArchiveError, contentOf, readDirectory, type Member } from "./zip-directory.ts";

const FORMAT = 1;
const IMAGE = /^images\/[0-9a-f-]{36}\.json$/;
const ALBUM = /^albums\/[0-9a-f-]{36}\.json$/;

/** How somebody proves that it is theirs. */
export type Proof = { readonly phrase: string } | { readonly password: string };

/** Neither the words nor the password that this archive was made with. */
export class WrongProofError extends Error {
  override readonly name = "WrongProofError";

  constructor(readonly by: "phrase" | "password") {
    super(
      by === "phrase"
        ? "Those 24 words do not open this archive. Are they from another account, or were they replaced since it was made?"
        : "That password does not open this archive. It is the one you had when the archive was made.",
    );
  }
}

export class Archive {
  private constructor(
    readonly file: File,
    readonly members: ReadonlyMap<string, Member>,
    readonly accountId: string,
    readonly askedAt: string,
    /** Paths of what the service could not read any more when it was made. */
    readonly missing: readonly string[],
  ) {}

  /** @throws ArchiveError. */
  static async over(file: File): Promise<Archive> {
    const members = await readDirectory(file);
    const member = members.get("archive.json");
    if (member === undefined) throw new ArchiveError("not-an-archive", "This is not an archive of a vault.");
    const facts = record(JSON.parse(await (await contentOf(file, member)).text()));
    if (numberOr(facts["format"], 0) !== FORMAT) {
      throw new ArchiveError("not-an-archive", "This archive is of a newer kind. Use the page that came with it.");
    }
    const missing = list(facts["missing"]).filter((each) => typeof each === "string");
    return new Archive(file, members, text(facts["account_id"]), text(facts["asked_at"]), missing);
  }

  /** Paths of the records of all photos, in order. */
  get images(): readonly string[] {
    return this.matching(IMAGE);
  }

  get albums(): readonly string[] {
    return this.matching(ALBUM);
  }

  /** The bytes of a member, still on the disk; null when there is none. @throws ArchiveError. */
  async content(path: string): Promise<Blob | null> {
    const member = this.members.get(path);
    return member === undefined ? null : await contentOf(this.file, member);
  }

  /** A document, or null when there is none that can be read. */
  async document(path: string): Promise<UnknownRecord | null> {
    const content = await this.content(path);
    if (content === null) return null;
    try {
      const value: unknown = JSON.parse(await content.text());
      return isRecord(value) ? value : null;
    } catch {
      return null;
    }
  }

  /** Open it. @throws WrongProofError, RecoveryPhraseError, ArchiveError, CryptoError. */
  async unlock(proof: Proof): Promise<Keyring> {
    const keys = await this.document("account/keys.json");
    if (keys === null) throw new ArchiveError("not-an-archive", "This archive holds no keys.");
    const by = "phrase" in proof ? "phrase" : "password";
    const wrapped = text(keys[`wrapped_account_key_${by === "phrase" ? "recovery" : "password"}`]);
    if (wrapped === "") throw new WrongProofError(by);
    const key = "phrase" in proof ? await fromPhrase(proof.phrase) : await fromPassword(proof.password, keys["kdf"]);
    try {
      const accountKey = await openAccountKey(wrapped, key, this.accountId, by === "phrase" ? "recovery" : "password");
      const keyring = await openKeyring(this.accountId, accountKey);
      forget(accountKey);
      return keyring;
    } catch (error) {
      throw error instanceof CryptoError && error.code === "cannot-open" ? new WrongProofError(by) : error;
    } finally {
      forget(key);
    }
  }

  private matching(shape: RegExp): readonly string[] {
    return [...this.members.keys()].filter((path) => shape.test(path)).sort();
  }
}

async function fromPhrase(phrase: string): Promise<KeyEncryptionKey> {
  return (await keysFromRecovery(secretFromPhrase(phrase))).keyEncryptionKey;
}

async function fromPassword(password: string, kdf: unknown): Promise<KeyEncryptionKey> {
  return (await keysFromPassword(password, parametersOf(record(kdf)))).keyEncryptionKey;
}

function parametersOf(kdf: UnknownRecord): KdfParameters {
  return {
    scheme: numberOr(kdf["scheme"], 0),
    memoryKib: numberOr(kdf["memory_kib"], 0),
    iterations: numberOr(kdf["iterations"], 0),
    parallelism: numberOr(kdf["parallelism"], 0),
    salt: fromBase64Url(text(kdf["salt"])),
  };
}
