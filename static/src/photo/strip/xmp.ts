/**
 * Reading XMP packets without an XML parser.
 *
 * A Web Worker has no DOMParser, and we need only a handful of properties, so they are
 * looked up by name with plain linear searches. Nothing here decides what is kept: XMP is
 * always dropped whole.
 */

import type { Findings, RemovedKind } from "./findings.ts";

const UTF8 = new TextDecoder("utf-8");
const PACKET_LIMIT = 1 << 18;
const LIST_LIMIT = 200;

/** The packet as text, at most 256 kibibytes of it, with every white space a plain space. */
export function xmpText(packet: Uint8Array): string {
  return UTF8.decode(packet.slice(0, PACKET_LIMIT)).replaceAll(/[\n\r\t]/g, " ");
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&lt;", "<"], ["&gt;", ">"], ["&quot;", '"'], ["&apos;", "'"], ["&#39;", "'"], ["&#xA;", "\n"], ["&amp;", "&"],
];

function unescapeXml(text: string): string {
  return ENTITIES.reduce((result, [entity, character]) => result.replaceAll(entity, character), text).trim();
}

function listItems(body: string): string[] {
  const items: string[] = [];
  let at = body.indexOf("<rdf:li");
  while (at >= 0 && items.length < LIST_LIMIT) {
    const start = body.indexOf(">", at) + 1;
    const end = start === 0 ? -1 : body.indexOf("<", start);
    if (end < 0) break;
    const item = unescapeXml(body.slice(start, end));
    if (item !== "") items.push(item);
    at = body.indexOf("<rdf:li", end);
  }
  return items;
}

/** The values of one property, such as "dc:subject": from its attribute, its list, or its text. */
export function xmpValues(text: string, property: string): string[] {
  for (const quote of ['"', "'"]) {
    const name = ` ${property}=${quote}`;
    const at = text.indexOf(name);
    if (at >= 0) {
      const end = text.indexOf(quote, at + name.length);
      const value = end < 0 ? "" : unescapeXml(text.slice(at + name.length, end));
      return value === "" ? [] : [value];
    }
  }
  const open = text.indexOf(`<${property}>`);
  const close = open < 0 ? -1 : text.indexOf(`</${property}>`, open);
  if (close < 0) return [];
  const body = text.slice(open + property.length + 2, close);
  if (body.includes("<rdf:li")) return listItems(body);
  const value = body.includes("<") ? "" : unescapeXml(body);
  return value === "" ? [] : [value];
}

/** tiff:Orientation, 1 to 8; 0 when the packet does not say. */
export function xmpOrientation(text: string): number {
  const value = xmpValues(text, "tiff:Orientation")[0] ?? "";
  return /^[1-8]$/.test(value) ? Number(value) : 0;
}

const SIGNS: readonly (readonly [RemovedKind, readonly string[]])[] = [
  ["place", ["exif:GPSLat", "photoshop:City", "Iptc4xmpCore:Location", "LocationCreated", "photoshop:Country"]],
  ["capture-time", ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "xap:CreateDate"]],
  ["camera", ["tiff:Make", "tiff:Model"]],
  ["lens", ["aux:Lens", "exifEX:LensModel"]],
  ["serial-number", ["SerialNumber"]],
  ["author", ["dc:creator", "aux:OwnerName", "CreatorContactInfo", "photoshop:AuthorsPosition"]],
  ["copyright", ["dc:rights", "xmpRights:"]],
  ["caption", ["dc:description", "dc:title", "photoshop:Headline"]],
  ["keywords", ["dc:subject", "lr:hierarchicalSubject", "digiKam:TagsList"]],
  ["rating", ["xmp:Rating", "xap:Rating"]],
  ["face-regions", ["mwg-rs:Regions", "MPReg:", "PersonInImage"]],
  ["software", ["CreatorTool"]],
  ["edit-history", ["xmpMM:History", "crs:", "photoshop:History", "xmpMM:DerivedFrom"]],
  ["image-id", ["xmpMM:DocumentID", "xmpMM:InstanceID"]],
  ["preview", ["xmpGImg:image", "xapGImg:image", "xmp:Thumbnails"]],
  ["depth-map", ["GDepth:"]],
  ["motion-video", ["GCamera:MotionPhoto", "GCamera:MicroVideo"]],
];

const SHOWN: Partial<Record<RemovedKind, string>> = {
  caption: "dc:description", author: "dc:creator", software: "xmp:CreatorTool", copyright: "dc:rights",
};

/** Note what this packet said; one that says nothing we know is an unknown block. */
export function reportXmp(text: string, findings: Findings): void {
  let known = false;
  for (const [kind, signs] of SIGNS) {
    if (!signs.some((sign) => text.includes(sign))) continue;
    known = true;
    const shown = SHOWN[kind];
    const value = kind === "keywords" ? xmpValues(text, "dc:subject").join(", ") : "";
    findings.remove(kind, shown === undefined ? value : (xmpValues(text, shown)[0] ?? ""));
  }
  if (!known) findings.remove("unknown-block", "XMP");
}
