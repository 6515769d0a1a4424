import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { entryOf, readerOf, type HistoryVector } from "../../../tests/vectors/sharing.ts";
import { concat, randomBytes, toBase64Url, type Bytes } from "./bytes.ts";
import { digestOf, rootOf } from "./commitment.ts";
import { keyCheckOf } from "./delivery.ts";
import { hashOfEntry, START, writeEntry, type Author, type Head, type HistoryEntry, type Subject } from "./entry.ts";
import { MOST_ITEMS, TELLINGS, type GrantRole, type HistoryEvent, type Telling } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { readHistory, requireHead, type HistoryReader } from "./history.ts";
import { headOf, type HistoryState } from "./history-state.ts";
import { checkSettings, missingItems } from "./item.ts";
import { newAlbumKey, newGroupKey, newIdentitySeed } from "./keys.ts";
import { deriveDocumentKey } from "./record.ts";
import { identityPublicKey } from "./signature.ts";

const histories = loadVectors<HistoryVector[]>("history");

const failsWith = (...codes: string[]) => (error: unknown) => error instanceof HistoryError && codes.includes(error.code);

/** A generator that gives the same numbers for the same seed (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

for (const history of histories) {
  describe(`the history of a ${history.subject.kind}`, () => {
    const sound = history.entries.map(entryOf);
    const reader = readerOf(history);

    test("leads to the state in the vectors", async () => {
      const { state, keys } = await readHistory(sound, reader);
      assert.deepEqual({ ...state, links: [...state.links].sort() }, history.state);
      assert.deepEqual(keys, readerOf({ ...history, keys: history.allKeys }).keys);
    });

    for (const { name, code, entries, keys } of history.refused) {
      test(`is refused: ${name}`, async () => {
        const forged = entries.map((each) => (typeof each === "number" ? sound[each] : entryOf(each)));
        await assert.rejects(readHistory(forged.filter((each) => each !== undefined), readerOf({ ...history, keys })), failsWith(code));
      });
    }

    test("goes on from what was remembered, however much of it is shown again", async () => {
      const whole = (await readHistory(sound, reader)).state;
      for (let seen = 1; seen < sound.length; seen += 1) {
        const early = { ...reader, keys: readerOf({ ...history, keys: history.allKeys }).keys };
        const keys = new Map([...early.keys].filter(([generation]) => generation === sound[seen - 1]?.generation));
        const remembered = (await readHistory(sound.slice(0, seen), { ...reader, keys })).state;
        const later: HistoryReader = { ...reader, remembered: JSON.parse(JSON.stringify(remembered)) as typeof remembered };
        for (const from of [0, Math.floor(seen / 2), seen]) {
          assert.deepEqual((await readHistory(sound.slice(from), later)).state, whole);
        }
      }
    });

    test("does not go back behind what was remembered, nor another way", async () => {
      const remembered = (await readHistory(sound, reader)).state;
      const later = { ...reader, remembered };
      for (let shown = 1; shown < sound.length; shown += 1) {
        await assert.rejects(readHistory(sound.slice(0, shown), later), failsWith("rolled-back"));
      }
      const last = sound.at(-1);
      assert.ok(last);
      const other = { ...last, signature: Uint8Array.of(1, ...randomBytes(64)) };
      await assert.rejects(readHistory([...sound.slice(0, -1), other], later), failsWith("forked"));
      const next = { ...last, seq: last.seq + 1, previous: hashOfEntry(other, reader.subject) };
      await assert.rejects(readHistory([next], later), failsWith("forked"));
    });

    test("is refused with any bit changed, and with entries dropped, doubled or moved", async () => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const number = numbersFrom(seed);
      for (let round = 0; round < 150; round += 1) {
        const forged = damaged(sound, number);
        await assert.rejects(readHistory(forged, reader), HistoryError, `seed ${seed}, round ${round}`);
      }
    });
  });
}

describe("who vouches for a history", () => {
  const [group, album] = histories;
  assert.ok(group && album);
  const read = async (vector: HistoryVector, changes: Partial<HistoryReader>) =>
    await readHistory(vector.entries.map(entryOf), { ...readerOf(vector), ...changes });

  test("is somebody known, else it could be made up", async () => {
    await assert.rejects(read(group, { known: new Map() }), failsWith("unknown-author"));
    const [first, second] = group.entries.map(({ author }) => author);
    assert.ok(first && second);
    const keys = group.state.people[second];
    assert.ok(keys);
    await read(group, { known: new Map([[second, keys]]) });
  });

  test("is the history of a group for whoever comes by it", async () => {
    const [id] = Object.keys(album.state.groups);
    const byGroup = album.entries.find(({ author }) => !(author in album.state.members) && author in album.state.people);
    assert.ok(id && byGroup);
    const people = (found: HistoryState["people"]) => ({ peopleOf: (asked: string) => (asked === id ? found : undefined) });
    const wrong = { identity: toBase64Url(randomBytes(32)), fingerprint: toBase64Url(randomBytes(32)) };
    const authors = album.entries.filter(({ author }) => !(author in album.state.members)).map(({ author }) => author);
    await read(album, people(album.state.people));
    await assert.rejects(read(album, people({})), failsWith("unknown-author"));
    const mistaken = Object.fromEntries(authors.map((author) => [author, wrong]));
    await assert.rejects(read(album, people(mistaken)), failsWith("changed-identity"));
  });

  test("is believed under changed keys once the change was accepted", async () => {
    const [account, keys] = Object.entries(group.state.people)[1] ?? [];
    assert.ok(account && keys);
    const renewed = { identity: toBase64Url(randomBytes(32)), fingerprint: toBase64Url(randomBytes(32)) };
    const known = new Map(Object.entries(group.known));
    await assert.rejects(read(group, { known: new Map([...known, [account, renewed]]) }), failsWith("changed-identity"));
    await read(group, { known: new Map([...known, [account, { ...renewed, former: [keys.fingerprint] }]]) });
  });

  test("is an heir once the person said so", async () => {
    const claim = group.refused.find(({ code }) => code === "claimed-inheritance");
    assert.ok(claim);
    const entries = claim.entries.map((each) => (typeof each === "number" ? group.entries[each] : each));
    const claimed = { ...group, entries: entries.filter((each) => each !== undefined) };
    const heir = claimed.entries.at(-1)?.author ?? "";
    const { state } = await read(claimed, { heirs: new Set([heir]) });
    assert.deepEqual(Object.keys(state.members).filter((each) => state.members[each] === "owner"), [heir]);
  });

  test("is nobody when a key is another than the history names", async () => {
    const wrong = newGroupKey();
    await assert.rejects(read(group, { keys: new Map([...readerOf(group).keys, [1, wrong]]) }), failsWith("wrong-key"));
    const { state } = await read(group, {});
    const later = { ...readerOf(group), remembered: state, keys: new Map([[state.generation, wrong]]) };
    await assert.rejects(readHistory([], later), failsWith("wrong-key"));
  });
});

/** A history that is damaged somewhere, so that it is another for whoever reads it. */
function damaged(sound: readonly HistoryEntry[], number: (below: number) => number): HistoryEntry[] {
  const forged = [...sound];
  const place = number(sound.length);
  const entry = sound[place];
  assert.ok(entry);
  const another = (place + 1 + number(sound.length - 1)) % sound.length;
  switch (number(6)) {
    case 0:
      // The end alone is not missed by whoever never saw it, as long as no key says there is more.
      forged.splice(Math.min(place, sound.length - 2), 1);
      return forged;
    case 1:
      forged.splice(another, 0, entry);
      return forged;
    case 2:
      forged[place] = sound[another] ?? entry;
      forged[another] = entry;
      return forged;
    case 3:
      forged[place] = { ...entry, generation: entry.generation + 1 + number(3) };
      return forged;
    case 4:
      forged[place] = { ...entry, author: sound.find(({ author }) => author !== entry.author)?.author ?? "" };
      return forged;
    default:
      forged[place] = withBitChanged(entry, number);
      return forged;
  }
}

function withBitChanged(entry: HistoryEntry, number: (below: number) => number): HistoryEntry {
  const names = ["previous", "commitment", "signature", "opening"] as const;
  const name = names[number(entry.items.length > 0 ? 5 : 4)];
  if (name !== undefined) return { ...entry, [name]: flipped(entry[name], number) };
  const which = number(entry.items.length);
  return { ...entry, items: entry.items.map((item, index) => (index === which ? flipped(item, number) : item)) };
}

function flipped(bytes: Bytes, number: (below: number) => number): Bytes {
  const changed = bytes.slice();
  const at = number(bytes.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << number(8));
  return changed;
}

const countAndRoot = (items: readonly Bytes[]) => ({ count: items.length, root: toBase64Url(rootOf(items)) });

const choice = (...tells: readonly Telling[]): HistoryEvent => ({ event: "telling-chosen", taken_at: Number(tells.includes("taken_at")), place: Number(tells.includes("place")) });

/** An album somebody owns, as long as one likes. */
class LongAlbum {
  readonly subject: Subject & { kind: "album" } = { kind: "album", id: crypto.randomUUID(), owner: crypto.randomUUID() };
  readonly entries: HistoryEntry[] = [];
  readonly #key = newAlbumKey();
  readonly #seed = newIdentitySeed();
  readonly #keys = { identity: toBase64Url(identityPublicKey(this.#seed)), fingerprint: toBase64Url(randomBytes(32)) };

  get reader(): HistoryReader<"album"> {
    const known = new Map([[this.subject.owner, this.#keys]]);
    return { subject: this.subject, keys: new Map([[1, this.#key]]), known };
  }

  async begin(settings: Bytes): Promise<void> {
    const key_check = toBase64Url(await keyCheckOf(this.#key));
    const digest = toBase64Url(digestOf(settings));
    await this.append({ event: "created", generation: 1, key_check, ...this.#keys, number: 1, digest });
  }

  async append(event: HistoryEvent, items: readonly Bytes[] = [], by?: Author): Promise<void> {
    const last = this.entries.at(-1);
    const head: Head = last ? { seq: last.seq, hash: hashOfEntry(last, this.subject) } : START;
    const author = by ?? { account: this.subject.owner, seed: this.#seed };
    const key = { generation: 1, documentKey: await deriveDocumentKey(this.#key) };
    this.entries.push(await writeEntry(event, this.subject, head, author, key, items));
  }

  async add(items: readonly Bytes[], by?: Author): Promise<void> {
    await this.append({ event: "items-added", ...countAndRoot(items) }, items, by);
  }

  async replace(former: readonly Bytes[], items: readonly Bytes[], by?: Author): Promise<void> {
    await this.append({ event: "items-replaced", items: former.map(toBase64Url), ...countAndRoot(items) }, items, by);
  }

  /** Somebody who is let in. */
  async letIn(role: GrantRole): Promise<Author> {
    const author = { account: crypto.randomUUID(), seed: newIdentitySeed() };
    await this.setRole(author, role);
    return author;
  }

  async setRole({ account, seed }: Author, role: GrantRole): Promise<void> {
    const identity = toBase64Url(identityPublicKey(seed));
    await this.append({ event: "member-set", account, role, identity, fingerprint: identity });
  }
}

describe("an album of 10,000 photos", () => {
  test("is read well within a second, and every photo is counted", async () => {
    const album = new LongAlbum();
    await album.begin(bytesOf("AAAA"));
    const all: Bytes[] = [];
    for (let batch = 0; batch < 10_000 / MOST_ITEMS; batch += 1) {
      const items = Array.from({ length: MOST_ITEMS }, () => randomBytes(32));
      all.push(...items);
      await album.add(items);
    }
    const { reader } = album;
    // Processor time of the quickest of three: a test machine has other work beside this.
    const took: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const begun = process.cpuUsage();
      const { state } = await readHistory(album.entries, reader);
      assert.equal(missingItems(state, all.slice(7)), 7);
      const { user, system } = process.cpuUsage(begun);
      took.push((user + system) / 1000);
    }
    console.log(`10,000 photos read in ${Math.min(...took).toFixed(0)} ms`);
    assert.ok(Math.min(...took) < 1000, took.join(", "));
    const { state } = await readHistory(album.entries, reader);
    requireHead(state, headOf(state));
  });
});

describe("what a history names", () => {
  test("are the settings in force, and no older or other ones", async () => {
    const album = new LongAlbum();
    const settings = randomBytes(100);
    await album.begin(settings);
    const { state } = await readHistory(album.entries, album.reader);
    checkSettings(state, 1, settings);
    assert.throws(() => { checkSettings(state, 1, concat(settings, [0])); }, failsWith("wrong-commitment"));
    assert.throws(() => { checkSettings(state, 2, settings); }, failsWith("wrong-commitment"));
    assert.throws(() => { checkSettings(state, 0, settings); }, failsWith("rolled-back"));
  });

  test("is the newest entry, and the server says the same", async () => {
    const album = new LongAlbum();
    await album.begin(randomBytes(9));
    const { state } = await readHistory(album.entries, album.reader);
    const { hash } = headOf(state);
    assert.throws(() => { requireHead(state, { seq: 0, hash }); }, failsWith("rolled-back"));
    assert.throws(() => { requireHead(state, { seq: 2, hash }); }, failsWith("broken-link"));
    assert.throws(() => { requireHead(state, { seq: 1, hash: randomBytes(32) }); }, failsWith("forked"));
  });
});

describe("photos that stand in the place of others", () => {
  const commitments = (count: number): Bytes[] => Array.from({ length: count }, () => randomBytes(32));
  const [before, after] = [commitments(3), commitments(3)];
  const [first, , last] = before.map((each) => toBase64Url(each)) as [string, string, string];

  /** Three photos of the owner's, and two of somebody who may add. */
  async function begun() {
    const album = new LongAlbum();
    await album.begin(randomBytes(9));
    const contributor = await album.letIn("contributor");
    const theirs = commitments(2);
    await album.add(before);
    await album.add(theirs, contributor);
    const read = async () => (await readHistory(album.entries, album.reader)).state;
    return { album, contributor, theirs, read };
  }

  test("are by whom those were, and nothing else changed", async () => {
    const { album, contributor, theirs, read } = await begun();
    const earlier = await read();
    const [mine, their] = [after.slice(0, 2), commitments(1)];
    await album.replace(before.slice(0, 2), mine);
    await album.replace(theirs.slice(0, 1), their, contributor);
    const later = await read();
    const { seq, hash, items } = later;
    assert.deepEqual(later, { ...earlier, seq, hash, items });
    const by = (account: string) => (each: string): [string, string] => [each, account];
    const own = [...mine.map(toBase64Url), last].map(by(album.subject.owner));
    const added = [...their, ...theirs.slice(1)].map(toBase64Url).map(by(contributor.account));
    assert.deepEqual(items, Object.fromEntries([...own, ...added]));
  });

  const refused: Readonly<Record<string, readonly [string, (found: Awaited<ReturnType<typeof begun>>) => Promise<void>]>> = {
    "by somebody who put others in": ["not-allowed", ({ album, contributor }) => album.replace(before.slice(0, 1), after.slice(0, 1), contributor)],
    "by the owner, of what others put in": ["not-allowed", ({ album, theirs }) => album.replace(theirs.slice(0, 1), after.slice(0, 1))],
    "by somebody who may only look now": ["not-allowed", async ({ album, contributor, theirs }) => {
      await album.setRole(contributor, "viewer");
      await album.replace(theirs, after.slice(0, 2), contributor);
    }],
    "where nothing was": ["not-allowed", ({ album }) => album.replace(commitments(1), after.slice(0, 1))],
    "twice in one place": ["not-allowed", ({ album }) => album.replace([...before.slice(0, 1), ...before.slice(0, 1)], after.slice(0, 2))],
    "once in two places": ["not-allowed", ({ album }) => album.replace(before.slice(0, 2), [...after.slice(0, 1), ...after.slice(0, 1)])],
    "that are there already": ["not-allowed", ({ album }) => album.replace(before.slice(0, 1), before.slice(1, 2))],
    "that are those themselves": ["not-allowed", ({ album }) => album.replace(before.slice(0, 2), [...before.slice(0, 2)].reverse())],
    "more than there were": ["wrong-commitment", ({ album }) => album.replace(before.slice(0, 1), after.slice(0, 2))],
    "other than were signed for": ["wrong-commitment", ({ album }) => album.append({ event: "items-replaced", items: [first], ...countAndRoot(after.slice(0, 1)) }, after.slice(1, 2))],
    "by an entry without them": ["wrong-commitment", ({ album }) => album.append({ event: "items-replaced", items: [first], ...countAndRoot(after.slice(0, 1)) })],
    "of none": ["unreadable", ({ album }) => album.replace([], [])],
  };
  for (const [name, [code, act]] of Object.entries(refused)) {
    test(`are refused: ${name}`, async () => {
      const found = await begun();
      await act(found);
      await assert.rejects(found.read(), failsWith(code));
    });
  }
});

describe("what somebody's photos tell", () => {
  test("is what they chose last, whatever others choose", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const number = numbersFrom(seed);
    const album = new LongAlbum();
    await album.begin(randomBytes(9));
    const people = [undefined, await album.letIn("manager"), await album.letIn("contributor")];
    const chosen: Record<string, readonly Telling[]> = {};
    for (let round = 0; round < 30; round += 1) {
      const by = people[number(people.length)];
      const tells = TELLINGS.filter(() => number(2) === 1);
      await album.append(choice(...tells), [], by);
      chosen[by?.account ?? album.subject.owner] = tells;
    }
    const { state } = await readHistory(album.entries, album.reader);
    assert.deepEqual(state.tells, chosen, `seed ${seed}`);
    // As a device goes on from what it kept.
    const early = (await readHistory(album.entries.slice(0, 20), album.reader)).state;
    const remembered = JSON.parse(JSON.stringify(early)) as HistoryState;
    assert.deepEqual((await readHistory(album.entries.slice(19), { ...album.reader, remembered })).state, state);
    // A choice that was taken back does not stand again for whoever saw that.
    await assert.rejects(readHistory(album.entries.slice(0, -1), { ...album.reader, remembered: state }), failsWith("rolled-back"));
  });

  test("stays as they chose when they may no longer choose", async () => {
    const album = new LongAlbum();
    await album.begin(randomBytes(9));
    const contributor = await album.letIn("contributor");
    await album.append(choice("place"), [], contributor);
    await album.setRole(contributor, "viewer");
    assert.deepEqual((await readHistory(album.entries, album.reader)).state.tells, { [contributor.account]: ["place"] });
    await album.append(choice(), [], contributor);
    await assert.rejects(readHistory(album.entries, album.reader), failsWith("not-allowed"));
  });

  test("is as long in every spelling, so that its length says nothing", () => {
    const lengths = [choice(), choice("place"), choice("taken_at"), choice(...TELLINGS)].map((each) => JSON.stringify(each).length);
    assert.equal(new Set(lengths).size, 1);
  });
});
