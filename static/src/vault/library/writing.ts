/**
 * Changes to photos: sealed here, sent in batches, tried again when another device was first.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { isRecord, list, record, text } from "../../api/shape.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import type { BlockIndex } from "./blocks.ts";
import { refusalOf } from "./bridge.ts";
import type { Corrected, CorrectionChange, Earlier, ItemFailure, MarksChange, Outcome, RemovalKind } from "./contract.ts";
import { localMilliseconds, localTime, type CorrectionsDocument, type MarksDocument } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { contextOf, heldRecordKey, type Keyring } from "./keyring.ts";
import { sealRecord, type JsonValue } from "../../crypto/record.ts";

/** What a batch takes at most, by the protocol. */
export const BATCH_ITEMS = 500;
/** Half of the JSON that a server takes at once: long descriptions of many photos are sent in several. */
const BATCH_BYTES = 4 * 2 ** 20;
const ATTEMPTS = 3;
const GONE: Omit<ItemFailure, "id"> = { code: "not_found", sentence: "This photo is no longer here." };
const CLOSED: Omit<ItemFailure, "id"> = { code: "cannot-open", sentence: "The record of this photo cannot be opened, so it cannot be changed." };
const REFUSED = "This photo could not be changed. Please try again.";

/** One line of a batch. */
export type Operation = Readonly<Record<string, unknown>> & { readonly op: string; readonly id: string };

/** What a change needs of its surroundings. */
export interface Desk {
  readonly index: BlockIndex;
  readonly keyring: Keyring;
  /** Bring the index up to the server, as after a conflict. */
  refresh(): Promise<void>;
}

/** What to send for one photo; null when there is nothing to change. */
type Plan = (entry: Entry) => Promise<Operation | null>;

interface Sent {
  readonly done: string[];
  readonly failed: ItemFailure[];
  readonly again: string[];
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) => items.slice(k * size, (k + 1) * size));
}

/** Operations in runs that each fit into one request. */
export function batches(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const runs: Operation[][] = [];
  let room = 0;
  for (const operation of operations) {
    const size = JSON.stringify(operation).length;
    let run = runs.at(-1);
    if (run === undefined || run.length === BATCH_ITEMS || size > room) {
      run = [];
      runs.push(run);
      room = BATCH_BYTES;
    }
    run.push(operation);
    room -= size;
  }
  return runs;
}

/** A conflict means that another device numbered its change first: after a refresh ours may follow. */
const isConflict = (status: number): boolean => status === 409;

function sortResults(ids: readonly string[], answer: unknown): Sent {
  const results = new Map(list(record(answer)["results"]).filter(isRecord).map((result) => [text(result["id"]), result]));
  const sent: Sent = { done: [], failed: [], again: [] };
  for (const id of ids) {
    const result = results.get(id);
    const status = typeof result?.["status"] === "number" ? result["status"] : 500;
    if (status < 300) sent.done.push(id);
    else if (isConflict(status)) sent.again.push(id);
    else sent.failed.push({ id, code: text(result?.["code"], "unexpected"), sentence: text(result?.["detail"], REFUSED) });
  }
  return sent;
}

/** Send operations, at most a batch, and sort what became of them. */
export async function sendOperations(operations: readonly Operation[]): Promise<Sent> {
  const ids = operations.map((operation) => operation.id);
  try {
    return sortResults(ids, await call<unknown>("POST", "/images/batch", { body: { operations } }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { done: [], failed: ids.map((id) => ({ id, ...refusalOf(error) })), again: [] };
  }
}

async function planned(entries: readonly Entry[], plan: Plan, done: string[], failed: ItemFailure[]): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (const entry of entries) {
    try {
      const operation = await plan(entry);
      if (operation === null) done.push(entry.id);
      else operations.push(operation);
    } catch {
      failed.push({ id: entry.id, ...CLOSED });
    }
  }
  return operations;
}

/** Change photos in batches; what meets a conflict is planned anew and sent again. */
export async function changeEach(ids: readonly string[], plan: Plan, desk: Desk): Promise<Outcome> {
  const done: string[] = [];
  const failed: ItemFailure[] = [];
  let left: readonly string[] = [...new Set(ids)];
  for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt += 1) {
    const again: string[] = [];
    for (const chunk of chunks(left, BATCH_ITEMS)) {
      const entries = await desk.index.entries(chunk);
      const found = new Set(entries.map((entry) => entry.id));
      failed.push(...chunk.filter((id) => !found.has(id)).map((id) => ({ id, ...GONE })));
      for (const batch of batches(await planned(entries, plan, done, failed))) {
        const sent = await sendOperations(batch);
        done.push(...sent.done);
        failed.push(...sent.failed);
        again.push(...sent.again);
      }
    }
    left = again;
    if (attempt > 1 || again.length > 0 || done.length > 0) await desk.refresh();
  }
  const late = left.map((id) => ({ id, code: "conflict", sentence: "Another device keeps changing this photo. Please try again." }));
  return { done, failed: [...failed, ...late] };
}

async function marksOperation(entry: Entry, marks: MarksDocument, keyring: Keyring): Promise<Operation> {
  const number = entry.marksNumber + 1;
  const context = contextOf("marks", keyring.accountId, entry.id, number);
  const sealed = await sealRecord({ ...marks }, await heldRecordKey(entry, keyring), context);
  return { op: "marks", id: entry.id, number, marks: toBase64Url(sealed) };
}

/** Set favourite or archived. */
export async function markImages(ids: readonly string[], change: MarksChange, desk: Desk): Promise<Outcome> {
  const plan: Plan = async (entry) => {
    const marks = { ...entry.marks, ...change };
    const isSame = marks.favourite === entry.marks.favourite && marks.archived === entry.marks.archived;
    return isSame ? null : await marksOperation(entry, marks, desk.keyring);
  };
  return await changeEach(ids, plan, desk);
}

/** Earlier corrections with a change laid over them. */
export function mergeCorrections(earlier: CorrectionsDocument | null, change: CorrectionChange): CorrectionsDocument {
  const { takeBack = [], ...values } = change;
  const names = new Set<string>(takeBack);
  const merged = Object.entries({ ...earlier, ...values }).filter(([name, value]) => value !== undefined && !names.has(name));
  return { ...(Object.fromEntries(merged) as Partial<CorrectionsDocument>), by: "person" };
}

async function correctionsOperation(entry: Entry, document: CorrectionsDocument, keyring: Keyring): Promise<Operation> {
  const revision = entry.revision + 1;
  const context = contextOf("corrections", keyring.accountId, entry.id, revision);
  const sealed = await sealRecord(document as unknown as JsonValue, await heldRecordKey(entry, keyring), context);
  return { op: "corrections", id: entry.id, revision, corrections: toBase64Url(sealed) };
}

/** Correct each photo by what `changeOf` says of it, null for nothing, and note how it was before. */
async function correctEach(ids: readonly string[], changeOf: (entry: Entry) => CorrectionChange | null, desk: Desk): Promise<Corrected> {
  const earlier = new Map<string, Earlier>();
  const plan: Plan = async (entry) => {
    const change = changeOf(entry);
    if (change === null) return null;
    const operation = await correctionsOperation(entry, mergeCorrections(entry.corrections, change), desk.keyring);
    earlier.set(entry.id, { id: entry.id, revision: entry.revision + 1, corrections: entry.corrections });
    return operation;
  };
  const outcome = await changeEach(ids, plan, desk);
  const done = new Set(outcome.done);
  return { ...outcome, earlier: [...earlier.values()].filter(({ id }) => done.has(id)) };
}

/** Put the same things right in one or many photos. */
export async function correctImages(ids: readonly string[], change: CorrectionChange, desk: Desk): Promise<Corrected> {
  return await correctEach(ids, () => change, desk);
}

/** Bring back what was before some changes, as one more revision. Who corrected a photo since then meant it. */
export async function takeBackCorrections(earlier: readonly Earlier[], desk: Desk): Promise<Outcome> {
  const before = new Map<string, Earlier>();
  for (const each of earlier) before.set(each.id, { ...(before.get(each.id) ?? each), revision: each.revision });
  const plan: Plan = async (entry) => {
    const known = before.get(entry.id);
    if (known === undefined || known.revision !== entry.revision) return null;
    return await correctionsOperation(entry, known.corrections ?? { by: "person" }, desk.keyring);
  };
  return await changeEach([...before.keys()], plan, desk);
}

/** The photo's own time moved by `seconds`; null when it has none that could be moved. */
export function shiftedTime(entry: Entry, seconds: number): string | null {
  const local = entry.corrections?.capturedAt ?? entry.metadata?.capturedAt?.local ?? null;
  const time = local === null ? null : localMilliseconds(local);
  return time === null ? null : localTime(time + seconds * 1000);
}

/** Set right a camera whose clock was wrong: each photo's own time moves by the same amount. */
export async function shiftClocks(ids: readonly string[], seconds: number, desk: Desk): Promise<Corrected> {
  // Planning again after a conflict starts from the fresh entry, so no photo moves twice.
  const moved = (entry: Entry): CorrectionChange | null => {
    const capturedAt = shiftedTime(entry, seconds);
    return capturedAt === null ? null : { capturedAt };
  };
  return await correctEach(ids, moved, desk);
}

const isGone = ({ code }: ItemFailure): boolean => code === "not_found" || code === "gone";

/**
 * Put into the bin, take out again, or delete for good.
 *
 * Asks the server rather than the index, which a fresh device may not have yet. What is gone
 * already needs no deleting.
 */
export async function moveImages(ids: readonly string[], op: RemovalKind | "restore", desk: Desk): Promise<Outcome> {
  const done: string[] = [];
  const failed: ItemFailure[] = [];
  for (const chunk of chunks([...new Set(ids)], BATCH_ITEMS)) {
    const sent = await sendOperations(chunk.map((id) => ({ op, id })));
    const gone = op === "restore" ? [] : sent.failed.filter(isGone);
    done.push(...sent.done, ...gone.map(({ id }) => id));
    failed.push(...sent.failed.filter((failure) => !gone.includes(failure)));
    failed.push(...sent.again.map((id) => ({ id, code: "conflict", sentence: REFUSED })));
  }
  if (done.length > 0) await desk.refresh();
  return { done, failed };
}
