import assert from "node:assert/strict";
import { test } from "node:test";

import { setCsrfSource } from "../../api/client.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { newAccountKey, newRecordKey } from "../../crypto/keys.ts";
import { openRecord } from "../../crypto/record.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import type { BlockIndex } from "./blocks.ts";
import type { CorrectionsDocument } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { contextOf, heldRecordKey, openKeyring } from "./keyring.ts";
import { batches, BATCH_ITEMS, correctImages, shiftClocks, takeBackCorrections, type Desk, type Operation } from "./writing.ts";

const MIB = 2 ** 20;
const operation = (id: number, bytes = 0): Operation => ({ op: "correct", id: String(id), corrections: "A".repeat(bytes) });
const flat = (runs: readonly (readonly Operation[])[]): readonly string[] => runs.flat().map(({ id }) => id);

test("operations are sent in runs of five hundred, in order", () => {
  const all = Array.from({ length: 1201 }, (_, k) => operation(k));

  const runs = batches(all);

  assert.deepEqual(runs.map((run) => run.length), [BATCH_ITEMS, BATCH_ITEMS, 201]);
  assert.deepEqual(flat(runs), all.map(({ id }) => id));
});

test("long records make shorter runs, none of them longer than a server takes", () => {
  const all = Array.from({ length: 300 }, (_, k) => operation(k, 80_000));

  const runs = batches(all);

  assert.ok(runs.every((run) => JSON.stringify({ operations: run }).length < 8 * MIB));
  assert.ok(runs.length < 10);
  assert.deepEqual(flat(runs), all.map(({ id }) => id));
});

test("one record that is longer than a run goes alone", () => {
  assert.deepEqual(batches([operation(1), operation(2, 5 * MIB), operation(3)]).map((run) => run.length), [1, 1, 1]);
});

test("nothing to send is no request", () => {
  assert.deepEqual(batches([]), []);
});

const ACCOUNT = "01900000-0000-7000-8000-000000000001";
const keyring = await openKeyring(ACCOUNT, newAccountKey());
setCsrfSource(() => "token");

/** A server and an index that always know the same: each batch that is sent is in the index at once. */
class Shelf implements Desk {
  readonly entries = new Map<string, Entry>();
  readonly keyring = keyring;
  readonly requests: number[] = [];
  readonly index = {
    entries: (ids: readonly string[]) => Promise.resolve(ids.flatMap((id) => this.entries.get(id) ?? [])),
  } as unknown as BlockIndex;

  refresh = (): Promise<void> => Promise.resolve();

  async put(id: string, corrections: CorrectionsDocument | null): Promise<void> {
    const wrapped = await wrapKey(newRecordKey(), keyring.wrappingKey, contextOf("record-key", ACCOUNT, id, 1));
    const capturedAt = { local: "2020-01-01T10:00:00", zone: null, source: "exif" };
    this.entries.set(id, { id, revision: corrections === null ? 0 : 4, corrections, metadata: { capturedAt }, wrappedRecordKey: toBase64Url(wrapped) } as unknown as Entry);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { operations } = (await new Request(new URL(String(input), "http://localhost"), init).json()) as { operations: { id: string; revision: number; corrections: string }[] };
    this.requests.push(operations.length);
    for (const operation of operations) await this.#take(operation);
    return Response.json({ results: operations.map(({ id }) => ({ id, status: 201 })) });
  };

  async #take({ id, revision, corrections }: { id: string; revision: number; corrections: string }): Promise<void> {
    const entry = this.entries.get(id);
    assert.equal(revision, (entry?.revision ?? 0) + 1);
    assert.ok(entry);
    const opened = await openRecord(fromBase64Url(corrections), await heldRecordKey(entry, keyring), contextOf("corrections", ACCOUNT, id, revision));
    this.entries.set(id, { ...entry, revision, corrections: opened as unknown as CorrectionsDocument });
  }

  corrected(id: string): object {
    const { by, ...values } = this.entries.get(id)?.corrections ?? { by: "person" };
    assert.equal(by, "person");
    return values;
  }
}

test("what a batch put right is taken back in one request, each photo to what it was, except where somebody went on", async (context) => {
  const shelf = new Shelf();
  await shelf.put("a", null);
  await shelf.put("b", { title: "Before", by: "person" });
  await shelf.put("c", null);
  context.mock.method(globalThis, "fetch", shelf.fetch);
  const ids = ["a", "b", "c"];
  const shifted = await shiftClocks(ids, 60, shelf);
  const corrected = await correctImages(ids, { title: "Wrong" }, shelf);
  assert.deepEqual(shelf.corrected("b"), { title: "Wrong", capturedAt: "2020-01-01T10:01:00" });
  await correctImages(["c"], { rating: 5 }, shelf);
  shelf.requests.length = 0;

  const { done, failed } = await takeBackCorrections([...shifted.earlier, ...corrected.earlier], shelf);

  assert.deepEqual([[...done].sort(), failed, shelf.requests], [ids, [], [2]]);
  assert.deepEqual(ids.map((id) => shelf.corrected(id)), [{}, { title: "Before" }, { title: "Wrong", capturedAt: "2020-01-01T10:01:00", rating: 5 }]);
});
