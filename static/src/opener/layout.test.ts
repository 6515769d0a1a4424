import assert from "node:assert/strict";
import { test } from "node:test";

import { pathOfDocument, receiptsAmong } from "./layout.ts";

test("what the service kept in plain text stands where an export puts it", () => {
  const targets = Object.fromEntries(["account/events.json", "rights/archives.json", "sharing/links.json", "publications/ID/640.webp", "receipts/receipts.json", "receipts/receipt-deleted-final-ID.json"].map((path) => [path, pathOfDocument(path)]));
  assert.deepEqual(targets, {
    "account/events.json": "data/account/events.json",
    "rights/archives.json": "data/account/archives.json",
    "sharing/links.json": "data/shares/links.json",
    "publications/ID/640.webp": "data/shares/publications/ID/640.webp",
    "receipts/receipts.json": "data/receipts/receipts.json",
    "receipts/receipt-deleted-final-ID.json": "data/receipts/receipt-deleted-final-ID.json",
  });
});

test("nothing that the service will ever put into an archive is left behind", () => {
  assert.equal(pathOfDocument("consents/ID.json"), "data/account/consents/ID.json");
  assert.equal(pathOfDocument("takedowns/ID/evidence.zip"), "data/account/takedowns/ID/evidence.zip");
  assert.equal(pathOfDocument("looks.json"), "data/account/looks.json");
  assert.equal(pathOfDocument("something-new/a/b.json"), "data/account/something-new/a/b.json");
});

test("what is of the archive itself, and its keys, do not come out", () => {
  for (const path of ["README.txt", "open-archive.html", "archive.json", "manifest-sha256.txt", "account/keys.json", "images/ID.json", "images/ID/1-original.bin", "albums/ID.json"]) {
    assert.equal(pathOfDocument(path), null, path);
  }
});

test("receipts are counted that prove something by themselves", () => {
  assert.equal(receiptsAmong(["receipts/receipts.json", "receipts/receipt-stored-ID.json", "receipts/unproven-stored-ID.json", "rights/receipt-x.json"]), 1);
});
