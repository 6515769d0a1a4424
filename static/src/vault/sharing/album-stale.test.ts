import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Telling } from "../../crypto/event.ts";
import { NO_MARKS, readMetadata, type CorrectionsDocument } from "../library/documents.ts";
import type { Entry } from "../library/entry.ts";
import { fieldsOf } from "./album-sealing.ts";
import { meantBy, staleAmong, type Said } from "./album-stale.ts";

const METADATA = {
  name: "IMG_1.jpg", mediaType: "image/jpeg", size: 1000, width: 40, height: 30, thumbhash: "aaaa", title: "At home", camera: "Field 3",
  capturedAt: { local: "2026-11-15T11:42:07", zone: null, source: "exif" }, place: { lat: 57.0371, lon: 9.8989 }, storedAs: "stripped",
};

function entryOf(change: Partial<Entry> = {}): Entry {
  return {
    id: "one", storedAt: "2026-11-20T10:00:00.000Z", verifiedAt: null, binnedAt: null, purgeAt: null, version: 2, parts: { original: 1000 },
    digests: {}, isDamaged: false, wrappedContentKey: "", wrappedRecordKey: "", marksNumber: 0, marks: NO_MARKS, revision: 0,
    corrections: null, metadata: readMetadata(METADATA), albums: [], ...change,
  };
}

const saidOf = (entry: Entry, tells: readonly Telling[]): Said => ({ ...fieldsOf(entry, "", null, tells), source: "content" });
const corrected = (corrections: Partial<CorrectionsDocument>): Entry => entryOf({ corrections: { ...corrections, by: "person" } as CorrectionsDocument });

/** Whether a photo that was told so is to be told anew, with what is known of it now. */
const isStale = (said: Said, now: Entry, tells: readonly Telling[]): boolean => staleAmong([{ ...said, tells }], [now]).length > 0;

describe("a photo is shown anew", () => {
  const both: readonly Telling[] = ["taken_at", "place"];

  test("once it has a new version, and not when this device knows an older one", () => {
    const [before, now] = [entryOf(), entryOf({ version: 3 })];
    assert.equal(isStale(saidOf(before, []), now, []), true);
    assert.equal(isStale(saidOf(now, []), before, []), false);
    assert.equal(isStale(saidOf(now, []), now, []), false);
  });

  test("by what its person chose, and as it was told by whoever never chose", () => {
    const entry = entryOf({ version: 3 });
    for (const before of [[], ["taken_at"], ["place"], both] as const) {
      const said = saidOf(entryOf(), before);
      for (const chosen of [[], ["taken_at"], ["place"], both] as const) assert.deepEqual(meantBy(said, chosen).tells, chosen);
      const meant = meantBy(said, null);
      assert.deepEqual(meant, { ...meantBy(said, []), tells: before });
      assert.deepEqual(staleAmong([meant], [entryOf()]), []);
      // Something else changed: it is shown anew and tells what it told.
      assert.deepEqual(staleAmong([meant], [entry]), ["one"]);
      assert.deepEqual(Object.keys(saidOf(entry, meant.tells)), Object.keys(saidOf(entry, before)));
    }
  });

  test("once its file is kept whole, or no more", () => {
    const whole = entryOf({ metadata: readMetadata({ ...METADATA, storedAs: "whole" }) });
    assert.equal(isStale(saidOf(entryOf(), []), whole, []), true);
    assert.equal(isStale({ ...saidOf(whole, []), source: "clean" }, whole, []), false);
  });

  test("once something else is told of photos", () => {
    const entry = entryOf();
    for (const [before, now] of [[[], ["place"]], [["taken_at"], []], [["taken_at"], ["place"]]] as const) {
      assert.equal(isStale(saidOf(entry, before), entry, now), true);
      assert.equal(isStale(saidOf(entry, now), entry, now), false);
    }
    assert.equal(isStale({ ...saidOf(entry, []), title: "At home" }, entry, []), true);
  });

  test("once what is told was corrected, and for no other correction", () => {
    const said = saidOf(entryOf(), both);
    assert.equal(isStale(said, corrected({ capturedAt: "2026-11-15T12:42:07" }), both), true);
    assert.equal(isStale(said, corrected({ place: null }), both), true);
    assert.equal(isStale(said, corrected({ place: { lat: 57.0372, lon: 9.8989 } }), both), true);
    assert.equal(isStale(said, corrected({ title: "Elsewhere", rating: 5 }), both), false);
    assert.equal(isStale(saidOf(entryOf(), []), corrected({ place: null }), []), false);
  });

  test("not while its record does not open, nor when it is not here", () => {
    const said = { ...saidOf(entryOf(), both), version: 1 };
    assert.equal(isStale(said, entryOf({ metadata: null }), both), false);
    assert.deepEqual(staleAmong([{ ...said, tells: both }], []), []);
  });

  test("not for other digests: devices know more or fewer of them", () => {
    const said = { ...saidOf(entryOf(), both), digests: { original: "other" }, thumbhash: "other" };
    assert.equal(isStale(said, entryOf(), both), false);
  });
});
