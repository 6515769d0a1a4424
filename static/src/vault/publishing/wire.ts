/** The server's answers about a profile and its publications, checked before anything relies on them. */
import { isRecord, isTrue, list, numberOr, record, text, textOrNull } from "../../api/shape.ts";
import type { PublicWords, SaidHeading, SaidProfile } from "../../crypto/publication.ts";

/** How far the server has come with a publication. */
export const STATES = ["arrived", "checked", "marked", "rendered", "live", "refused"] as const;
export type PublicationState = (typeof STATES)[number];

/** A publication as the server tells it. `statement` and `signature` are base64url. */
export interface WirePublication extends PublicWords {
  readonly id: string;
  readonly imageId: string;
  readonly publicId: string;
  readonly state: PublicationState;
  /** Why it cannot be shown, as a code; "" where it can. */
  readonly refusal: string;
  readonly statement: string;
  readonly signature: string;
  readonly isWatermarked: boolean;
  readonly albumId: string | null;
  readonly position: number;
  /** Pixels of what is shown; 0 until that is made. */
  readonly width: number;
  readonly height: number;
  readonly madeAt: string;
  readonly publishedAt: string | null;
  /** Since when the service does not show it, whatever its owner chose. */
  readonly withheldAt: string | null;
}

/** A heading on the profile. */
export type PublicAlbum = SaidHeading;

/** What its owner says on the profile, and who may find it. */
export interface ProfileWords extends SaidProfile {
  readonly isOpen: boolean;
  /** Whether search engines may list it. */
  readonly isListed: boolean;
  /** The publication that stands for it where it is linked to. */
  readonly coverId: string | null;
}

export interface Profile extends ProfileWords {
  readonly address: string;
  /** What was signed of it, base64url; "" for one that was not saved since words are signed. */
  readonly statement: string;
  readonly signature: string;
  /** Until when strangers have to sign in for large pictures, because somebody is collecting them. */
  readonly guardedUntil: string | null;
}

/** Counts of one day, and nothing of who came. */
export interface ProfileDay {
  readonly day: string;
  readonly visits: number;
  readonly opened: number;
  readonly slowed: number;
  readonly alarms: number;
}

export function readWirePublication(value: unknown): WirePublication | null {
  if (!isRecord(value) || typeof value["id"] !== "string") return null;
  const state = STATES.find((each) => each === value["state"]);
  if (state === undefined) return null;
  return {
    id: value["id"], imageId: text(value["image"]), publicId: text(value["public_id"]), state, refusal: text(value["refusal"]),
    statement: text(value["statement"]), signature: text(value["signature"]),
    caption: text(value["caption"]), creator: text(value["creator"]), licence: text(value["licence"]),
    isWatermarked: isTrue(value["is_watermarked"]), albumId: textOrNull(value["album"]), position: numberOr(value["position"], 0),
    width: numberOr(value["width"], 0), height: numberOr(value["height"], 0),
    madeAt: text(value["made_at"]), publishedAt: textOrNull(value["published_at"]), withheldAt: textOrNull(value["withheld_at"]),
  };
}

export interface WirePublications {
  readonly items: readonly WirePublication[];
  readonly next: string | null;
}

export function readPublicationsPage(value: unknown): WirePublications {
  const page = record(value);
  return { items: list(page["items"]).map(readWirePublication).filter((each) => each !== null), next: textOrNull(page["next"]) };
}

export function readProfile(value: unknown): Profile {
  const answer = record(value);
  const albums = list(answer["albums"]).filter(isRecord).map((each) => ({ id: text(each["id"]), title: text(each["title"]), position: numberOr(each["position"], 0) }));
  albums.sort((left, right) => left.position - right.position || (left.id < right.id ? -1 : 1));
  return {
    name: text(answer["name"]), shownName: text(answer["shown_name"]), bio: text(answer["bio"]), licence: text(answer["licence"]),
    isOpen: isTrue(answer["is_open"]), isListed: isTrue(answer["is_listed"]), coverId: textOrNull(answer["cover"]),
    address: publicAddress(text(answer["address"])), albums: albums.map(({ id, title }) => ({ id, title })),
    statement: text(answer["statement"]), signature: text(answer["signature"]),
    guardedUntil: textOrNull(answer["guarded_until"]),
  };
}

export function readDays(value: unknown): readonly ProfileDay[] {
  return list(record(value)["days"]).filter(isRecord).map((each) => ({
    day: text(each["day"]), visits: numberOr(each["visits"], 0), opened: numberOr(each["opened"], 0), slowed: numberOr(each["slowed"], 0), alarms: numberOr(each["alarms"], 0),
  }));
}

/** An address that can stand in a link: nothing but a web page. */
function publicAddress(address: string): string {
  return /^https?:\/\//.test(address) ? address : "";
}
