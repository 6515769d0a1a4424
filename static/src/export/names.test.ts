import assert from "node:assert/strict";
import { test } from "node:test";

import { ANYWHERE, FolderNames, nameKey, portableName, sidecarName, splitName, type NameLimit, type NameWish } from "./names.ts";

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const fallback = (id: string): string => `photo-${id}`;
const portable = (name: string, limit: NameLimit = ANYWHERE): string => portableName(name, "photo-1", limit);

/** Whole numbers below a limit, the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  "a", "IMG", "_", " ", ".", "~2", "~", "con", "NUL", "aux", ".jpg", ".JPG", ".json", ".xmp", ".jpg.json", "metadata", "/", "\\", ":", "*", "?",
  "%", "%0A", "\n", "\u0000", "\u202e", "\ufeff", "é", "e\u0301", "ß", "ss", "SS", "İ", "ı", "ﬁ", "👨‍👩‍👧‍👦", "🏴\u{e0067}\u{e0062}\u{e007f}", "日本", "\ud800",
  "\uffff", ".lnk", ".{a}", "x".repeat(240), "ü".repeat(120), "🙂".repeat(62),
];

function randomName(number: (below: number) => number): string {
  return Array.from({ length: number(5) + 1 }, () => PIECES[number(PIECES.length)] ?? "").join("");
}

/** What every file system in use, a browser's folder and a manifest take. */
function assertPortable(name: string, limit: NameLimit): void {
  assert.notEqual(name, "");
  assert.doesNotMatch(name, /[<>:"/\\|?*%\u0000-\u001f\u007f]/, JSON.stringify(name));
  assert.doesNotMatch(name, /^[\s.]|[\s.]$/u, JSON.stringify(name));
  assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i, JSON.stringify(name));
  assert.doesNotMatch(name, /\p{Surrogate}|\p{Noncharacter_Code_Point}/u, JSON.stringify(name));
  assert.ok((limit.unit === "bytes" ? bytesOf(name) : name.length) <= limit.most, JSON.stringify(name));
  assert.equal(name, name.normalize("NFC"));
}

test("an ordinary name stays as it is", () => {
  for (const name of ["IMG_0001.JPG", "Пляж и море.heic", "日本の夏.jpg", "a b (2).jpg", "a~2.jpg", "👨‍👩‍👧‍👦.png", "photo.tar.gz", "O'Brien & sons.dng"]) {
    assert.equal(portable(name), name);
  }
});

test("a name of 255 bytes is not cut, and one of 256 only at its end before the extension", () => {
  const whole = `${"é".repeat(125)}a.jpg`;
  assert.equal(bytesOf(whole), 255);
  assert.equal(portable(whole), whole);
  const over = `${"é".repeat(126)}.jpg`;
  assert.equal(portable(over), `${"é".repeat(125)}.jpg`);
  assert.equal(portable(over, { unit: "units", most: 255 }), over, "Windows counts units, and demands nothing here");
});

test("an emoji is never cut in two", () => {
  const family = "👨‍👩‍👧‍👦";
  const cut = portable(`${family.repeat(11)}.jpg`);
  assert.equal(cut, `${family.repeat(10)}.jpg`);
});

test("what Windows reserves gets a mark in front", () => {
  for (const name of ["con", "CON.jpg", "nul.tar.gz", "Lpt1.png", "COM¹.jpg", "aux .jpg"]) assert.equal(portable(name), `_${name}`);
  for (const name of ["console.jpg", "com10.jpg", "auxiliary", "nullity.jpg"]) assert.equal(portable(name), name);
});

test("what no folder takes becomes an underline, and invisible marks go", () => {
  assert.equal(portable('a/b\\c:d*e?f"g<h>i|j%k.jpg'), "a_b_c_d_e_f_g_h_i_j_k.jpg");
  assert.equal(portable("ends in dots..."), "ends in dots..._");
  assert.equal(portable(".hidden.jpg"), "_.hidden.jpg");
  assert.equal(portable(" space .jpg"), "_ space .jpg");
  assert.equal(portable("gpj.\u202eexe"), "gpj.exe");
  assert.equal(portable("e\u0301.jpg"), "é.jpg");
  assert.equal(portable("link.lnk"), "link.lnk_");
  assert.equal(portable("a\ud800.jpg"), "a\ufffd.jpg");
});

test("a name of nothing gets one", () => {
  for (const name of ["", ".", "..", "   ", "???", "\u202e", "___"]) assert.equal(portable(name), "photo-1");
});

test("a sidecar has all of the photo's name, or its beginning where that is too long", () => {
  assert.equal(sidecarName("a.jpg", ".json"), "a.jpg.json");
  const name = `${"x".repeat(251)}.jpg`;
  assert.equal(sidecarName(name, ".json"), `${"x".repeat(250)}.json`);
  assert.ok(name.startsWith(sidecarName(name, ".xmp").slice(0, -4)));
});

test("the second of a name gets a number, and the first by id keeps it", () => {
  const wishes = [{ id: "3", name: "A.jpg" }, { id: "1", name: "a.jpg" }, { id: "2", name: "a.jpg" }];
  const names = new FolderNames().give(wishes, fallback);
  assert.deepEqual(["1", "2", "3"].map((id) => names.get(id)?.name), ["a.jpg", "a~2.jpg", "A~3.jpg"]);
});

test("nobody loses a name of their own to somebody else's number", () => {
  const wishes = [{ id: "1", name: "a.jpg" }, { id: "2", name: "a.jpg" }, { id: "3", name: "a~2.jpg" }];
  const names = new FolderNames().give(wishes, fallback);
  assert.deepEqual(["1", "2", "3"].map((id) => names.get(id)?.name), ["a.jpg", "a~3.jpg", "a~2.jpg"]);
});

test("a photo called like another's sidecar does not take its place", () => {
  const names = new FolderNames(ANYWHERE, { reserved: ["metadata.json"] }).give(
    [{ id: "1", name: "a.jpg" }, { id: "2", name: "a.jpg.json" }, { id: "3", name: "metadata" }], fallback,
  );
  assert.equal(names.get("2")?.name, "a.jpg~2.json");
  assert.equal(names.get("3")?.name, "metadata~2");
});

test("what stands there from an earlier run keeps its name when photos came before it or went", () => {
  const first = new FolderNames().give([{ id: "2", name: "a.jpg" }, { id: "3", name: "a.jpg" }], fallback);
  const kept = new Map([...first].map(([id, { name }]) => [id, name]));
  const second = new FolderNames(ANYWHERE, { kept }).give([{ id: "1", name: "a.jpg" }, { id: "2", name: "a.jpg" }, { id: "3", name: "a.jpg" }], fallback);
  assert.deepEqual(["1", "2", "3"].map((id) => second.get(id)?.name), ["a~3.jpg", "a.jpg", "a~2.jpg"]);
});

test("any names at all become portable, different and the same in any order", () => {
  const number = numbers(20261127);
  for (let round = 0; round < 400; round += 1) {
    const limit: NameLimit = round % 2 === 0 ? ANYWHERE : { unit: "units", most: 255 };
    const wishes: NameWish[] = Array.from({ length: number(30) + 1 }, (_, index) => ({ id: String(index).padStart(3, "0"), name: randomName(number) }));
    const given = new FolderNames(limit).give(wishes, fallback);
    const all = [...given.values()].flatMap(({ name, json, xmp }) => [name, json, xmp]);
    for (const name of all) assertPortable(name, limit);
    assert.equal(new Set(all.map(nameKey)).size, wishes.length * 3);
    const again = new FolderNames(limit).give([...wishes].sort(() => number(3) - 1), fallback);
    assert.deepEqual([...again].sort(), [...given].sort());
  }
});

test("fifty thousand photos of one name are named within a few seconds", () => {
  const started = performance.now();
  const wishes = Array.from({ length: 50_000 }, (_, index) => ({ id: String(index).padStart(6, "0"), name: `${"x".repeat(250)}.jpg` }));
  assert.equal(new Set([...new FolderNames().give(wishes, fallback).values()].map(({ json }) => json)).size, 50_000);
  assert.ok(performance.now() - started < 20_000);
});

test("only what looks like an extension is one", () => {
  assert.deepEqual(splitName("a.b.jpg"), ["a.b", ".jpg"]);
  assert.deepEqual(splitName("Summer. The best of it"), ["Summer. The best of it", ""]);
  assert.deepEqual(splitName(".jpg"), [".jpg", ""]);
});
