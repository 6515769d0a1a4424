import assert from "node:assert/strict";
import { test } from "node:test";

import { loadVectors } from "../../../tests/vectors/load.ts";
import type { ToldRestoration } from "../crypto/restoration.ts";
import type { ProvenRestoration } from "./library/sightings.ts";
import { believeNewest, knownRestorations, markRead, unreadRestoration, type Shelf } from "./restorations.ts";
import { remember } from "./restorations-told.ts";

const NOW = new Date("2026-11-28T09:00:00Z");
const FIRST = { restored_at: "2026-11-27T14:06:00Z", restored_to: "2026-11-26T03:00:00Z", entry: null, proof: null };
const SECOND = { restored_at: "2026-12-01T10:00:00Z", restored_to: "2026-11-30T03:00:00Z", entry: null, proof: null };
const { key: KEY, held } = loadVectors<{ readonly key: string; readonly held: readonly { readonly said: ToldRestoration }[] }>("restoration");
const LONG_AGO = "2026-01-01T00:00:00Z";

function shelf(): Shelf {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test("a restoration is told until somebody read it, and remembered for good", () => {
  const place = shelf();
  assert.equal(unreadRestoration(remember(null, null, place, NOW), LONG_AGO), null);
  const told = unreadRestoration(remember(FIRST, null, place, NOW), LONG_AGO);
  assert.deepEqual(told, { restoredAt: FIRST.restored_at, restoredTo: FIRST.restored_to, seenAt: NOW.toISOString(), isRead: false, isProven: false });
  if (told === null) return;

  markRead(told, place);

  assert.equal(unreadRestoration(remember(FIRST, null, place, new Date("2026-11-29T09:00:00Z")), LONG_AGO), null);
  // A service that takes its word back is not believed: what was told stays, with the day on which it was.
  assert.deepEqual(remember(null, null, place, NOW), [{ ...told, isRead: true }]);
});

test("another restoration is told again, and another word about its day is another", () => {
  const place = shelf();
  for (const told of remember(FIRST, null, place, NOW)) markRead(told, place);
  assert.equal(unreadRestoration(remember(SECOND, null, place, NOW), LONG_AGO)?.restoredAt, SECOND.restored_at);
  remember({ ...FIRST, restored_at: "2026-11-27T14:06:01Z" }, null, place, NOW);
  assert.equal(knownRestorations(place).length, 3);
});

test("whoever came after it has lost nothing", () => {
  const place = shelf();
  assert.equal(unreadRestoration(remember(FIRST, null, place, NOW), "2026-11-28T00:00:00Z"), null);
});

test("what somebody else wrote there is not shown", () => {
  const place = shelf();
  for (const text of ["not JSON", "{}", '[{"restoredAt":"x","restoredTo":"y","seenAt":"z","isRead":false}]', "[1]"]) {
    place.setItem("pv-restorations", text);
    assert.deepEqual(knownRestorations(place), []);
  }
});

test("what the public log says too is marked, once it does and then for good", () => {
  const place = shelf();
  const [said] = held.map((each) => each.said);
  if (said === undefined) throw new TypeError("There are no vectors.");
  assert.deepEqual(remember({ ...said, entry: null, proof: null }, KEY, place, NOW).map(({ isProven }) => isProven), [false]);
  assert.deepEqual(remember(said, null, place, NOW).map(({ isProven }) => isProven), [false]);
  assert.deepEqual(remember(said, KEY, place, NOW).map(({ isProven }) => isProven), [true]);
  assert.deepEqual(remember({ ...said, proof: null }, KEY, place, NOW).map(({ isProven }) => isProven), [true]);
});

test("a proof says nothing of another backup with the same day", () => {
  const place = shelf();
  const [said] = held.map((each) => each.said);
  if (said === undefined) throw new TypeError("There are no vectors.");
  remember(said, KEY, place, NOW);
  const earlier = remember({ ...said, restored_to: "2026-11-20T03:00:00Z" }, KEY, place, NOW);
  assert.deepEqual(earlier.map(({ restoredTo, isProven }) => [restoredTo, isProven]), [[said.restored_to, true], ["2026-11-20T03:00:00Z", false]]);
});

test("a word that nothing bears out does not hide a proven one of the same second, whichever was heard first", () => {
  const [said] = held.map((each) => each.said);
  if (said === undefined) throw new TypeError("There are no vectors.");
  const made = [{ ...said, restored_to: "2026-11-20T03:00:00Z" }, { ...said, restored_at: said.restored_at.replace(/(\.\d+)?Z$/, ".999999Z"), proof: null }];
  for (const order of [[...made, said], [said, ...made]]) {
    const place = shelf();
    for (const each of order) remember(each, KEY, place, NOW);
    const told = unreadRestoration(knownRestorations(place), LONG_AGO);
    assert.deepEqual([told?.restoredAt, told?.restoredTo, told?.isProven], [said.restored_at, said.restored_to, true]);
    if (told !== null) markRead(told, place);
    assert.equal(unreadRestoration(knownRestorations(place), LONG_AGO)?.isProven, false, "the others are told after it");
  }
});

test("what an older release kept in another order is put in this one", () => {
  const place = shelf();
  const moments = { restoredAt: FIRST.restored_at, seenAt: NOW.toISOString(), isRead: false };
  place.setItem("pv-restorations", JSON.stringify([{ ...moments, restoredTo: "2026-11-20T03:00:00Z", isProven: false }, { ...moments, restoredTo: FIRST.restored_to, isProven: true }]));
  assert.equal(unreadRestoration(knownRestorations(place), LONG_AGO)?.isProven, true);
});

test("what was kept before proofs were looked at is shown, as unproven", () => {
  const place = shelf();
  const { entry, proof, ...moments } = FIRST;
  assert.equal(entry ?? proof, null);
  place.setItem("pv-restorations", JSON.stringify([{ restoredAt: moments.restored_at, restoredTo: moments.restored_to, seenAt: NOW.toISOString(), isRead: true }]));
  assert.deepEqual(knownRestorations(place).map(({ isRead, isProven }) => [isRead, isProven]), [[true, false]]);
});

test("the library is told of the newest that the log bears out, in whole seconds, and of no other", async () => {
  const place = shelf();
  const [said] = held.map((each) => each.said);
  if (said === undefined) throw new TypeError("There are no vectors.");
  const told: ProvenRestoration[] = [];
  const library = { believe: (restoration: ProvenRestoration) => Promise.resolve(told.push(restoration) > 0) };
  assert.equal(await believeNewest(library, remember({ ...said, proof: null }, KEY, place, NOW)), false);
  remember(said, KEY, place, NOW);
  const all = remember({ ...said, restored_at: "2099-01-01T00:00:00Z" }, KEY, place, NOW);
  assert.deepEqual(all.map(({ isProven }) => isProven), [false, true]);

  assert.equal(await believeNewest(library, all), true);

  const second = (moment: string): number => Math.floor(Date.parse(moment) / 1000) * 1000;
  assert.deepEqual(told, [{ restoredAt: second(said.restored_at), restoredTo: second(said.restored_to) }]);
});

test("what was read before the log bore it out is told anew when it does", () => {
  const place = shelf();
  const [said] = held.map((each) => each.said);
  if (said === undefined) throw new TypeError("There are no vectors.");
  for (const each of remember({ ...said, proof: null }, KEY, place, NOW)) markRead(each, place);
  assert.equal(unreadRestoration(remember({ ...said, proof: null }, KEY, place, NOW), LONG_AGO), null);
  for (const each of remember(said, KEY, place, NOW)) {
    assert.equal(each.isRead, false);
    markRead(each, place);
  }
  assert.equal(unreadRestoration(remember(said, KEY, place, NOW), LONG_AGO), null);
});
