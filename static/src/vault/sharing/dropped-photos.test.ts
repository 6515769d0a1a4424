import assert from "node:assert/strict";
import { test } from "node:test";

import type { Body } from "../../api/types.ts";
import { newRecordKey } from "../../crypto/keys.ts";
import { BOUNDS } from "../../photo/strangers-picture.ts";
import { readMetadata } from "../library/documents.ts";
import { bundled, DroppedPhotos } from "./dropped-photos.ts";
import { plainLine, type Drop } from "./drops.ts";

type Wire = Body<"Drop">;

const LINK = "01900000-0000-7000-8000-00000000000b";
const IMAGE = "01900000-0000-7000-8000-00000000000c";
const part = (bytes: number): Wire["parts"]["original"] => ({ upload: IMAGE, bytes, sha256: "" });
const recordKey = newRecordKey();

/** What a guest's device could say of a photo, all of it its word alone. */
function drop(id: string, said: Readonly<Record<string, unknown>> = {}, more: Partial<Pick<Drop, "from">> & Partial<Wire> = {}): Drop {
  const { from = "Aunt Ida", ...wire } = more;
  const metadata = readMetadata({ name: "a.jpg", kind: "jpeg", mediaType: "image/jpeg", width: 1200, height: 800, ...said });
  assert.ok(metadata);
  const parts = { original: part(5000), preview: part(2000), thumbnail: part(300) };
  return {
    from, opened: { wrappedContentKey: `key of ${id}`, recordKey, metadata },
    wire: { id, link_id: LINK, image_id: IMAGE, made_at: "2026-11-27T10:00:00Z", expires_at: "2026-12-27T10:00:00Z", metadata: "", payload: "", parts, ...wire },
  };
}

function shown(...drops: Drop[]): DroppedPhotos {
  const photos = new DroppedPhotos();
  photos.show(drops);
  return photos;
}

test("two drops under one image id are two photos, each opened by its own key from its own place", () => {
  const photos = shown(drop("one"), drop("two"));
  assert.equal(photos.view({ from: "Aunt Ida", linkId: LINK }).count, 2);
  const requests = ["one", "two"].map((id) => photos.mediaRequest(id, "thumbnail"));
  assert.deepEqual(requests.map((each) => [each?.drop, each?.id, each?.wrappedContentKey]), [["one", IMAGE, "key of one"], ["two", IMAGE, "key of two"]]);
});

test("a part that is too large to be such a picture is never asked for", () => {
  const huge = drop("huge", {}, { parts: { original: part(BOUNDS.original.bytes + 1), preview: part(BOUNDS.preview.bytes + 1), thumbnail: part(BOUNDS.thumbnail.bytes + 1) } });
  const photos = shown(huge, drop("bare", {}, { parts: { original: part(5000) } }));
  assert.deepEqual((["original", "preview", "thumbnail"] as const).map((name) => photos.mediaRequest("huge", name)), [null, null, null]);
  assert.deepEqual([photos.byId("huge")?.hasThumbnail, photos.byId("huge")?.state], [false, "fine"]);
  assert.equal(photos.mediaRequest("bare", "preview"), null);
  assert.equal(photos.mediaRequest("bare", "original")?.mediaType, "image/jpeg");
});

test("one that does not open stands there as closed, and nothing of it is asked for", () => {
  const photos = shown({ ...drop("shut"), opened: null });
  assert.equal(photos.byId("shut")?.state, "cannot-open");
  assert.equal(photos.mediaRequest("shut", "thumbnail"), null);
});

test("what a guest's device says is cut to what a picture can be", () => {
  const photos = shown(drop("hostile", {
    kind: "<img src=x>", mediaType: "text/html", width: 1e300, height: -4, size: 1e15, thumbhash: "A".repeat(4000),
    name: `x\u202egpj.exe\n${"y".repeat(5000)}`, title: "\u0000\u2066", description: "z".repeat(9000),
  }));
  const item = photos.byId("hostile");
  assert.ok(item);
  assert.deepEqual([item.kind, item.mediaType, item.width, item.height, item.ratio, item.bytes, item.title], ["unknown", "application/octet-stream", 0, 0, 1, 5000, ""]);
  assert.equal(item.thumbhash, null);
  assert.match(item.name, /^x gpj\.exe y+$/);
  assert.equal(item.name.length, 200);
});

test("what one guest brought by one link stands together, and another guest's or link's apart", () => {
  const drops = [drop("a"), drop("b", {}, { from: "Bo" }), drop("c"), drop("d", {}, { link_id: null })];
  const ids = bundled(drops).map(({ from, linkId, drops: theirs }) => [from, linkId, theirs.map(({ wire }) => wire.id)]);
  assert.deepEqual(ids, [["Aunt Ida", LINK, ["a", "c"]], ["Bo", LINK, ["b"]], ["Aunt Ida", null, ["d"]]]);
  const photos = shown(...drops);
  const [first] = bundled(drops);
  assert.ok(first);
  assert.equal(photos.view(first).count, 2);
  photos.show(drops.slice(1));
  assert.deepEqual([photos.view(first).count, photos.view(first).idAt(0)], [1, "c"]);
});

test("a stranger's name is one line that leaves the words around it alone", () => {
  assert.equal(plainLine("  Aunt\n\tIda \u202e"), "Aunt Ida");
  assert.equal(plainLine("👩‍👩‍👧 family"), "👩‍👩‍👧 family");
  assert.equal([...plainLine("👧".repeat(300))].length, 200);
});
