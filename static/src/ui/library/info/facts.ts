/** The facts of a photo as lines: what is known, and who says so. */
import type { Details } from "../../../vault/library/contract.ts";
import type { MetadataDocument } from "../../../vault/library/documents.ts";
import type { Item } from "../../../vault/library/view.ts";
import { bytesText, dayText } from "../../format.ts";
import { t, tn } from "../../text.ts";
import { wholeMoment } from "../dates.ts";
import { kindName } from "../kind-names.ts";
import { spokenPlace } from "../viewer/field-values.ts";
import type { Editing } from "./editors.ts";

export interface FactRow {
  readonly icon: string;
  readonly main: string;
  readonly sub: string;
  readonly editing?: Editing;
  /** What the pencil is called. */
  readonly correct?: string;
}

/** @translated */
const SOURCES: Readonly<Record<string, string>> = {
  exif: "From the camera",
  xmp: "From the file's own notes",
  gps: "From the satellite clock",
  file: "The file's own date. The camera wrote none.",
  takeout: "From Google Takeout",
  shared: "As whoever shared it told it.",
};

export function aboutRows(item: Item, details: Details | null): readonly FactRow[] {
  const rows: FactRow[] = [timeRow(item, details), placeRow(item, details)];
  const { metadata } = details ?? {};
  if (metadata) rows.push(...cameraRow(metadata));
  rows.push(fileRow(item, details), ratingRow(item, details), turnRow(item));
  return rows;
}

function timeRow(item: Item, details: Details | null): FactRow {
  const correct = t("Correct the date");
  if (!item.isTimeKnown) {
    return { icon: "calendar", main: t("Date not known"), sub: t("It stands where you uploaded it."), editing: "time", correct };
  }
  const zone = details?.corrections?.zone ?? details?.metadata?.capturedAt?.zone ?? null;
  const isCorrected = details?.corrections?.capturedAt !== undefined;
  const source = SOURCES[details?.metadata?.capturedAt?.source ?? ""] ?? "";
  const by = details?.corrections?.by === "takeout" ? t("From Google Takeout") : t("Corrected by you");
  const said = isCorrected ? by : t(source);
  const isGuess = !isCorrected && details?.metadata?.capturedAt?.source === "file";
  const sub = zone === null || isGuess ? said : t("{source} · {zone} from UTC", { source: said, zone: zone === "Z" ? "+00:00" : zone });
  return { icon: "calendar", main: wholeMoment(item.time), sub, editing: "time", correct };
}

function placeRow(item: Item, details: Details | null): FactRow {
  const correct = t("Correct the place");
  if (item.place === null) return { icon: "place", main: t("No place"), sub: t("You can add one. Only you will see it."), editing: "place", correct };
  const isCorrected = details?.corrections?.place !== undefined;
  const isInFile = details?.metadata?.storedAs === "whole";
  const kept = isInFile ? t("Also inside the file, which is encrypted.") : t("Kept for you, encrypted. Taken out of the file.");
  return { icon: "place", main: spokenPlace(item.place), sub: isCorrected ? t("Set by you. Only you can see it.") : kept, editing: "place", correct };
}

function cameraRow(metadata: MetadataDocument): readonly FactRow[] {
  const { camera, lens, aperture, exposureSeconds, iso, focalLengthMm } = metadata;
  const settings = [
    focalLengthMm === null ? "" : `${Number(focalLengthMm.toFixed(1))} mm`,
    aperture === null ? "" : `f/${Number(aperture.toFixed(1))}`,
    exposureSeconds === null ? "" : exposureText(exposureSeconds),
    iso === null ? "" : `ISO ${iso}`,
  ].filter(Boolean);
  if (camera === "" && lens === "" && settings.length === 0) return [];
  const sub = [lens, settings.join(" · ")].filter(Boolean).join(" · ");
  return [{ icon: "camera", main: camera || t("Camera not known"), sub }];
}

function exposureText(seconds: number): string {
  if (seconds <= 0) return "";
  return seconds >= 0.4 ? `${Number(seconds.toFixed(1))} s` : `1/${Math.round(1 / seconds)} s`;
}

function fileRow(item: Item, details: Details | null): FactRow {
  const size = item.width > 0 ? `${item.width} × ${item.height} · ` : "";
  const stored = details === null ? "" : t(" · stored {day}", { day: dayText(details.storedAt) });
  return { icon: "photo", main: item.name || t("Name not known"), sub: `${size}${bytesText(item.bytes)} · ${kindName(item.kind)}${stored}` };
}

function ratingRow(item: Item, details: Details | null): FactRow {
  const keywords = details?.corrections?.keywords ?? details?.metadata?.keywords ?? [];
  const stars = item.rating > 0 ? tn("{n} star", "{n} stars", item.rating) : t("No rating");
  return {
    icon: "rating",
    main: stars,
    sub: keywords.length === 0 ? t("No keywords") : keywords.join(", "),
    editing: "rating",
    correct: t("Correct rating and keywords"),
  };
}

function turnRow(item: Item): FactRow {
  const sub = item.rotation === 0 ? t("As the camera held it") : t("By {degrees}°, here only; the file stays as it is", { degrees: item.rotation });
  return { icon: "rotate-right", main: item.rotation === 0 ? t("Not turned") : t("Turned"), sub, editing: "rotation", correct: t("Turn the photo") };
}
