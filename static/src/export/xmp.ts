/**
 * `NAME.xmp`: what the person says of a photo, in the words of XMP, and whose it is. Editors, photo libraries
 * and exiftool read it. The same packet goes into copies.
 *
 * Source: ISO 16684-1; Exif 2.32 for XMP (CIPA DC-010); IPTC Photo Metadata Standard 2023.1; PLUS LDF 2.0.
 */
import { rightsStatement, turnedOrientation, type ExportedPhoto } from "./photo.ts";
import { wellFormed } from "./spelling.ts";

const NAMESPACES: readonly (readonly [prefix: string, address: string])[] = [
  ["rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"],
  ["dc", "http://purl.org/dc/elements/1.1/"],
  ["exif", "http://ns.adobe.com/exif/1.0/"],
  ["Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"],
  ["photoshop", "http://ns.adobe.com/photoshop/1.0/"],
  ["plus", "http://ns.useplus.org/ldf/xmp/1.0/"],
  ["tiff", "http://ns.adobe.com/tiff/1.0/"],
  ["xmp", "http://ns.adobe.com/xap/1.0/"],
  ["xmpRights", "http://ns.adobe.com/xap/1.0/rights/"],
];
const NO_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING";
/** XML 1.0 has no such characters (section 2.2). */
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** What XML can hold of a text. */
function escaped(text: string): string {
  const plain = wellFormed(text).replace(NO_CHARACTER, "").trim();
  return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#xD;");
}

const simple = (name: string, text: string): string => `<${name}>${text}</${name}>`;

const inAnyLanguage = (name: string, text: string): string =>
  text === "" ? "" : simple(name, `<rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt>`);

const listed = (name: string, kind: "Bag" | "Seq", texts: readonly string[]): string =>
  texts.length === 0 ? "" : simple(name, `<rdf:${kind}>${texts.map((text) => `<rdf:li>${text}</rdf:li>`).join("")}</rdf:${kind}>`);

/** "56,10.5000000N": degrees and minutes, about two centimetres fine. */
function degrees(value: number, [positive, negative]: readonly [string, string]): string {
  const size = Math.abs(value);
  // Rounded once, so that there are never sixty minutes.
  const tiny = Math.round(size * 60 * 1e7);
  const whole = Math.floor(tiny / (60 * 1e7));
  return `${whole},${((tiny - whole * 60 * 1e7) / 1e7).toFixed(7)}${value < 0 ? negative : positive}`;
}

function placeOf({ place }: ExportedPhoto): string {
  if (place === null) return "";
  return [
    simple("exif:GPSVersionID", "2.3.0.0"),
    simple("exif:GPSMapDatum", "WGS-84"),
    simple("exif:GPSLatitude", degrees(place.lat, ["N", "S"])),
    simple("exif:GPSLongitude", degrees(place.lon, ["E", "W"])),
  ].join("");
}

function timeOf({ capturedLocal, zone }: ExportedPhoto): string {
  if (capturedLocal === null) return "";
  const text = escaped(`${capturedLocal}${zone ?? ""}`);
  return ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"].map((name) => simple(name, text)).join("");
}

function wordsOf({ title, description, altText, keywords, rating }: ExportedPhoto): string {
  return [
    inAnyLanguage("dc:title", escaped(title)),
    inAnyLanguage("dc:description", escaped(description)),
    inAnyLanguage("Iptc4xmpCore:AltTextAccessibility", escaped(altText)),
    listed("dc:subject", "Bag", keywords.map(escaped).filter((word) => word !== "")),
    rating > 0 ? simple("xmp:Rating", String(rating)) : "",
  ].join("");
}

function rightsOf(photo: ExportedPhoto): string {
  const creator = escaped(photo.creator);
  const terms = escaped(rightsStatement(photo));
  return [
    simple("xmpRights:Marked", "True"),
    simple("plus:DataMining", NO_TRAINING),
    creator === "" ? "" : listed("dc:creator", "Seq", [creator]) + simple("photoshop:Credit", creator),
    inAnyLanguage("dc:rights", terms),
    inAnyLanguage("xmpRights:UsageTerms", terms),
  ].join("");
}

/** The packet, to stand in a file of its own or inside a copy. */
export function xmpPacket(photo: ExportedPhoto): string {
  const spaces = NAMESPACES.map(([prefix, address]) => `xmlns:${prefix}="${address}"`).join(" ");
  const orientation = simple("tiff:Orientation", String(turnedOrientation(photo.orientation, photo.rotation)));
  const body = [timeOf(photo), placeOf(photo), wordsOf(photo), orientation, rightsOf(photo)].join("");
  return [
    `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>`,
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${spaces}><rdf:Description rdf:about="">${body}</rdf:Description></rdf:RDF></x:xmpmeta>`,
    `<?xpacket end="r"?>`,
  ].join("\n");
}

/** The text of a photo's XMP sidecar. */
export const xmpSidecar = (photo: ExportedPhoto): string => `${xmpPacket(photo)}\n`;
