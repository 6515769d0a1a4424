/**
 * What is needed to finish an upload without the file: kept sealed on this device from the moment
 * its ciphertext is staged until the server has taken it.
 *
 * It holds no key: those travel wrapped, in the commit. So a killed tab loses nothing, and what is
 * left behind says nothing to anyone who cannot open the vault.
 */
import { isRecord, isTrue, list, numberOr, record, text, textOrNull, texts } from "../api/shape.ts";
import type { Bytes } from "../crypto/bytes.ts";
import type { Holding } from "../crypto/keys.ts";
import { openRecord, sealRecord, type JsonValue, type RecordSealingKey } from "../crypto/record.ts";
import { contextOf } from "../vault/library/keyring.ts";
import { PARTS, type Part } from "../vault/library/wire.ts";

export interface PlannedPart {
  readonly part: Part;
  /** Ciphertext bytes and their SHA-256, base64url. */
  readonly bytes: number;
  readonly sha256: string;
  readonly uploadId: string | null;
}

export interface UploadPlan {
  readonly imageId: string;
  /** 1 for a new photo; more where the content of a damaged one is replaced. */
  readonly version: number;
  /** Albums that hold the photo which is replaced. */
  readonly albums: readonly string[];
  readonly name: string;
  readonly path: string;
  /** Bytes of the file as it was chosen. */
  readonly bytes: number;
  readonly fingerprint: string;
  readonly albumId: string | null;
  readonly parts: readonly PlannedPart[];
  /** The members of the commit that are known beforehand, as they go to the server. */
  readonly commit: Readonly<Record<string, JsonValue>>;
  readonly report: PreparedReport;
}

/** What happened to a file before it was encrypted, for the person's report. */
export interface PreparedReport {
  readonly note: string;
  readonly removed: readonly string[];
  readonly isKeptWhole: boolean;
  readonly hasThumbnail: boolean;
}

export interface PlanOwner {
  readonly accountId: string;
  /** What plans lie under on this device: the account's index key, or for a guest the link's. */
  readonly indexKey: Holding<RecordSealingKey>;
}

/** Where sealed plans lie. */
export interface PlanShelf {
  all(): Promise<readonly { readonly imageId: string; readonly sealed: Bytes }[]>;
  put(imageId: string, sealed: Bytes): Promise<void>;
  remove(imageId: string): Promise<void>;
}

function readPart(value: unknown): PlannedPart | null {
  const { part, bytes, sha256, uploadId } = record(value);
  const known = PARTS.find((each) => each === part);
  return known === undefined ? null : { part: known, bytes: numberOr(bytes, 0), sha256: text(sha256), uploadId: textOrNull(uploadId) };
}

/** Null for anything that is no plan of ours. */
export function readPlan(value: unknown): UploadPlan | null {
  if (!isRecord(value) || typeof value["imageId"] !== "string" || !isRecord(value["commit"])) return null;
  const report = record(value["report"]);
  return {
    imageId: value["imageId"],
    version: numberOr(value["version"], 1),
    albums: texts(value["albums"]),
    name: text(value["name"]),
    path: text(value["path"]),
    bytes: numberOr(value["bytes"], 0),
    fingerprint: text(value["fingerprint"]),
    albumId: textOrNull(value["albumId"]),
    parts: list(value["parts"]).map(readPart).filter((part) => part !== null),
    commit: value["commit"] as Readonly<Record<string, JsonValue>>,
    report: {
      note: text(report["note"]),
      removed: list(report["removed"]).filter((each) => typeof each === "string"),
      isKeptWhole: isTrue(report["isKeptWhole"]),
      hasThumbnail: isTrue(report["hasThumbnail"]),
    },
  };
}

/** Upload plans, sealed. */
export class Plans {
  readonly #shelf: PlanShelf;
  readonly #owner: PlanOwner;

  constructor(shelf: PlanShelf, owner: PlanOwner) {
    this.#shelf = shelf;
    this.#owner = owner;
  }

  async put(plan: UploadPlan): Promise<void> {
    const sealed = await sealRecord(plan as unknown as JsonValue, this.#owner.indexKey, this.#context(plan.imageId));
    await this.#shelf.put(plan.imageId, sealed);
  }

  /** All that can be opened; one that cannot is of no use to anybody and is dropped. */
  async all(): Promise<readonly UploadPlan[]> {
    const plans: UploadPlan[] = [];
    for (const { imageId, sealed } of await this.#shelf.all()) {
      const plan = await openRecord(sealed, this.#owner.indexKey, this.#context(imageId)).then(readPlan, () => null);
      if (plan === null) await this.#shelf.remove(imageId);
      else plans.push(plan);
    }
    return plans;
  }

  async get(imageId: string): Promise<UploadPlan | null> {
    return (await this.all()).find((plan) => plan.imageId === imageId) ?? null;
  }

  async remove(imageId: string): Promise<void> {
    await this.#shelf.remove(imageId);
  }

  #context(imageId: string): ReturnType<typeof contextOf<"upload-plan">> {
    return contextOf("upload-plan", this.#owner.accountId, imageId, 1);
  }
}
