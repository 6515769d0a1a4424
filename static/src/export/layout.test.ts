import assert from "node:assert/strict";
import { test } from "node:test";

import { bagInfo, manifestOf } from "./bag.ts";
import { layOut, namelessPhoto, type PlacedPhoto } from "./layout.ts";
import { isShownByBrowsers, ON_ONE_PAGE, viewerPages, type ViewerPhoto, type ViewerWords } from "./viewer.ts";

const photo = (id: string, albums: readonly string[] = [], name = "a.jpg"): PlacedPhoto => ({ id, name, albums, year: "2026" });
const pathsOf = (photos: readonly PlacedPhoto[], albums: readonly { id: string; name: string }[], byAlbum = true): string[] =>
  [...layOut(photos, albums, { byAlbum }).places].sort().map(([, { folder, name }]) => `${folder}/${name}`);

test("a photo stands in the folder of the first of its albums, and in its year's where it has none", () => {
  const albums = [{ id: "z", name: "Lake" }, { id: "y", name: "Mountains" }];
  assert.deepEqual(pathsOf([photo("1", ["y", "z"]), photo("2", ["y"]), photo("3"), photo("4", ["gone"])], albums),
    ["Lake/a.jpg", "Mountains/a.jpg", "Photos from 2026/a.jpg", "Photos from 2026/a~2.jpg"]);
  assert.deepEqual(pathsOf([photo("1", ["y"])], albums, false), ["Photos from 2026/a.jpg"]);
});

test("albums of one name, of a year's name and of no name have folders of their own", () => {
  const albums = [{ id: "1", name: "Lake" }, { id: "2", name: "lake" }, { id: "3", name: "Photos from 2026" }, { id: "4", name: ".." }];
  assert.deepEqual(pathsOf(["1", "2", "3", "4"].map((id) => photo(id, [id])).concat(photo("5")), albums),
    ["Lake/a.jpg", "lake~2/a.jpg", "Photos from 2026~2/a.jpg", "album-4/a.jpg", "Photos from 2026/a.jpg"]);
});

test("photos without a name are told apart by their ids", () => {
  assert.equal(namelessPhoto("0198c0de-0000-7000-8000-0123456789ab"), "photo-0123456789ab");
});

test("a manifest is in the order of its paths and holds no path that it cannot write", () => {
  const files = [{ path: "data/b", bytes: 2, sha256: "22" }, { path: "data/a", bytes: 1, sha256: "11" }];
  assert.equal(manifestOf(files), "11  data/a\n22  data/b\n");
  assert.throws(() => manifestOf([{ path: "data/%", bytes: 0, sha256: "" }]), RangeError);
  assert.match(bagInfo(files, { madeAt: "2026-11-27T10:00:00Z", software: "x", description: "a\nb: c", since: null }), /External-Description: a b: c\nPayload-Oxum: 3\.2\n/);
});

const WORDS: ViewerWords = {
  language: "en", title: "Photos <b>", about: ["One"], back: "All", older: "Older", newer: "Newer", noPicture: "No picture",
  count: (photos) => `${photos} photos`,
};
const shown = (name: string): ViewerPhoto => ({ path: `photos/L/${name}`, picture: `photos/L/${name}`, caption: name, altText: "", day: "" });

async function pagesOf(photos: readonly ViewerPhoto[], name = "L"): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const { path, text } of viewerPages([{ name, description: "", photos }], WORDS)) pages.set(path, text);
  return pages;
}

test("the viewer runs no script and takes nothing from outside", async () => {
  const hostile = '"><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>';
  for (const text of (await pagesOf([shown(hostile)], hostile)).values()) {
    assert.doesNotMatch(text, /<script|<img src=\/\/|onerror=alert\(1\)>"/);
    assert.match(text, /default-src &#39;none&#39;; img-src &#39;self&#39; file:; style-src &#39;sha256-[^ ]+&#39;;/);
    const [style] = /(?<=<style>)[^]*(?=<\/style>)/.exec(text) ?? [""];
    const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)))));
    assert.ok(text.includes(`sha256-${digest}`));
  }
});

test("the viewer's addresses survive any name, and many photos are spread over pages", async () => {
  const pages = await pagesOf(Array.from({ length: ON_ONE_PAGE + 1 }, (_, index) => shown(`a#${index}?&.jpg`)));
  assert.deepEqual([...pages.keys()], ["README.html", "viewer/0001-1.html", "viewer/0001-2.html"]);
  assert.ok(pages.get("viewer/0001-2.html")?.includes(`src="../photos/L/a%23${ON_ONE_PAGE}%3F%26.jpg"`));
  assert.ok(pages.get("README.html")?.includes('href="viewer/0001-1.html"'));
});

test("what browsers do not show is said, not shown broken", async () => {
  assert.ok(!isShownByBrowsers("image/heic"));
  const pages = await pagesOf([{ ...shown("a.heic"), picture: null }]);
  assert.ok(pages.get("viewer/0001-1.html")?.includes("No picture"));
});
