/**
 * Photos that wait to be shown to everyone, sealed on this device: what was chosen and said of each, and the copy that
 * was sent already with the key that opens it.
 *
 * A copy that was not sent yet is made anew, from what the vault holds. So a closed tab loses nothing, and what is left
 * behind says nothing to anyone who cannot open the vault.
 */
import { isRecord, isTrue, numberOr, text, textOrNull, texts } from "../api/shape.ts";
import type { NewPublication, PublicCopy } from "../vault/publishing/contract.ts";
import type { Refusal } from "../vault/library/bridge.ts";
import type { ListKind } from "./sealed-list.ts";

/** As it is written down. */
export interface WaitingPublication {
  readonly publication: NewPublication;
  /** Made and sent already; null where that is still to be done. */
  readonly copy: PublicCopy | null;
  /** Handing over was begun, so the server may have it although no answer came. */
  readonly isTried: boolean;
  /** Why it failed; null while it did not. */
  readonly failure: Refusal | null;
}

export const WAITING_PUBLICATIONS: ListKind<WaitingPublication> = { part: "publishing", read: readWaiting };

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readWaiting(value: unknown): WaitingPublication | null {
  if (!isRecord(value)) return null;
  const publication = readPublication(value["publication"]);
  return publication === null ? null : { publication, copy: readCopy(value["copy"]), isTried: isTrue(value["isTried"]), failure: readFailure(value["failure"]) };
}

function readPublication(value: unknown): NewPublication | null {
  if (!isRecord(value) || !isRecord(value["words"])) return null;
  const { caption, creator, licence } = value["words"];
  const [id, imageId] = [text(value["id"]), text(value["imageId"])];
  if (!ID.test(id) || !ID.test(imageId)) return null;
  return {
    id, imageId, words: { caption: text(caption), creator: text(creator), licence: text(licence) }, isWatermarked: isTrue(value["isWatermarked"]),
    albumId: textOrNull(value["albumId"]), position: numberOr(value["position"], 0),
  };
}

function readCopy(value: unknown): PublicCopy | null {
  if (!isRecord(value) || typeof value["upload"] !== "string" || typeof value["copyKey"] !== "string") return null;
  return {
    upload: value["upload"], uploadSha256: text(value["uploadSha256"]), uploadBytes: numberOr(value["uploadBytes"], 0), copyKey: value["copyKey"],
    copy: text(value["copy"]), removed: texts(value["removed"]),
  };
}

function readFailure(value: unknown): Refusal | null {
  return isRecord(value) && typeof value["code"] === "string" ? { code: value["code"], sentence: text(value["sentence"]) } : null;
}
