import assert from "node:assert/strict";
import { test } from "node:test";

import type { Keys } from "../../crypto/event.ts";
import type { Pin, PublicKeys } from "../../crypto/known-keys.ts";
import { recipientsOf, strangersIn } from "./album-access.ts";
import { lostItems } from "./album-photos.ts";
import type { AlbumCircle, SharedAlbum } from "./album-state.ts";
import type { WireGrant } from "./album-wire.ts";

const KEYS = {} as PublicKeys;

const grant = (accountId: string | null, groupId: string | null, role: string): WireGrant =>
  ({ id: `of ${accountId ?? groupId}`, accountId, groupId, role, canDownload: true, madeAt: "", lastUsedOn: null });

interface Given {
  readonly grants: readonly WireGrant[];
  readonly members?: SharedAlbum["state"]["members"];
  readonly groups?: SharedAlbum["state"]["groups"];
  readonly items?: Readonly<Record<string, string>>;
  readonly offered?: Readonly<Record<string, string>>;
  readonly pins?: Readonly<Record<string, Partial<Pin>>>;
}

function albumWith({ grants, members = {}, groups = {}, items = {}, offered = {}, pins = {} }: Given): SharedAlbum {
  const people = Object.fromEntries(Object.keys(members).map((id): [string, Keys] => [id, { identity: id, fingerprint: id }]));
  const known = Object.fromEntries(Object.entries(pins).map(([id, pin]) => [id, { fingerprint: id, since: "", verified: false, former: [], ...pin }]));
  return {
    state: { seq: 1, hash: "", generation: 1, keyCheck: "", settings: { number: 1, digest: "" }, members: { ada: "owner", ...members }, groups, people, links: [], items, tells: {} },
    listed: Object.entries(offered).map(([accountId, fingerprint]) => ({ accountId, fingerprint, keys: KEYS })),
    book: { number: 1, known },
    wire: { grants, people: [] },
  } as unknown as SharedAlbum;
}

const circle = {
  vault: { accountId: "ada" },
  contacts: [{ accountId: "bea", email: "bea@example.org", keys: KEYS }],
  groups: [{ id: "family", name: "Family", members: [{ trust: "self" }, { trust: "pinned" }, { trust: "checked" }], state: { members: { ada: "owner", cyr: "member" } } }],
} as unknown as AlbumCircle;

test("those with access are those of the history, each with what the server says of the grant", () => {
  const album = albumWith({
    grants: [grant("bea", null, "viewer"), grant(null, "family", "contributor")],
    members: { bea: "viewer" }, groups: { family: "contributor" }, offered: { bea: "bea" }, pins: { bea: { verified: true } },
  });
  assert.deepEqual(
    recipientsOf(album, circle).map(({ kind, name, role, people, trust, grant: given }) => [kind, name, role, people, trust, given?.id]),
    [["group", "Family", "contributor", 2, "pinned", "of family"], ["account", "bea@example.org", "viewer", 1, "checked", "of bea"]],
  );
  assert.deepEqual(strangersIn(album.wire, album.state), []);
});

test("whom the service ended by itself is still to be signed for", () => {
  const album = albumWith({ grants: [], members: { bea: "viewer" }, offered: { bea: "bea" }, pins: { bea: {} } });
  assert.equal(recipientsOf(album, circle)[0]?.grant, null);
});

test("a grant that nobody signed is a stranger, and so is one with another role", () => {
  const grants = [grant("eve", null, "viewer"), grant("bea", null, "manager"), grant(null, "family", "viewer")];
  const album = albumWith({ grants, members: { bea: "viewer" } });
  assert.deepEqual(strangersIn(album.wire, album.state).map(({ id }) => id), ["of eve", "of bea", "of family"]);
});

test("somebody has changed when the service offers other keys, or the pin is another", () => {
  const trustOf = (offered: string, pin: Partial<Pin>): string | undefined =>
    recipientsOf(albumWith({ grants: [], members: { bea: "viewer" }, offered: { bea: offered }, pins: { bea: pin } }), circle)[0]?.trust;
  assert.equal(trustOf("bea", {}), "pinned");
  assert.equal(trustOf("another", {}), "changed");
  assert.equal(trustOf("bea", { fingerprint: "another" }), "changed");
});

test("a loss is signed for one's own purged photos and for those of whoever went, and for nothing in a bin", () => {
  const items = { mine: "ada", there: "ada", gone: "dan", theirs: "bea", through: "cyr" };
  const album = albumWith({ grants: [], members: { bea: "contributor" }, groups: { family: "contributor" }, items });
  assert.deepEqual(lostItems({ album, circle }, new Set(["there"]), false), ["mine", "gone"]);
  assert.deepEqual(lostItems({ album, circle }, new Set(["there"]), true), ["gone"]);
  const unreadable = { ...circle, groups: [] };
  assert.deepEqual(lostItems({ album, circle: unreadable }, new Set(["there"]), false), ["mine"]);
});
