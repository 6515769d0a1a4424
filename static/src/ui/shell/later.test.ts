import assert from "node:assert/strict";
import { test } from "node:test";

import { fetchTheRest, insist, later, leaveTheRest, NotArrivedError } from "./later.ts";

test("what does not come says so, and is asked for again", async () => {
  let asked = 0;
  const view = later(() => {
    asked += 1;
    return asked === 1 ? Promise.reject(new TypeError("Failed to fetch")) : Promise.resolve({ View: "there" });
  });

  await assert.rejects(view(), (error) => error instanceof NotArrivedError && error.cause instanceof TypeError);
  assert.deepEqual(await view(), { View: "there" });
});

/** A part of the page that takes a moment, and says when it came. */
function part(name: string, order: string[], fails = false): void {
  later(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(name);
    if (fails) throw new TypeError("Failed to fetch");
  });
}

const now = { calm: Promise.resolve(), connected: () => Promise.resolve() };

test("the rest comes by itself, one after the other, whatever fails", async () => {
  const order: string[] = [];
  let isUnderWay = false;
  for (const name of ["first", "second", "third"]) {
    later(async () => {
      assert.equal(isUnderWay, false);
      isUnderWay = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      isUnderWay = false;
      order.push(name);
      if (name === "second") throw new TypeError("Failed to fetch");
    });
  }

  await fetchTheRest(now);

  assert.deepEqual(order, ["first", "second", "third"]);
});

test("nothing of the rest is asked for before what is in sight stands", async () => {
  const order: string[] = [];
  let stand: () => void = () => undefined;
  part("one", order);
  const done = fetchTheRest({ ...now, calm: new Promise((resolve) => { stand = resolve; }) });

  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(order, []);
  stand();
  await done;

  assert.deepEqual(order, ["one"]);
});

test("nothing of the rest is asked for without a connection", async () => {
  const order: string[] = [];
  let connect: () => void = () => undefined;
  part("one", order);
  const done = fetchTheRest({ ...now, connected: () => new Promise((resolve) => { connect = resolve; }) });

  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(order, []);
  connect();
  await done;

  assert.deepEqual(order, ["one"]);
});

test("whoever leaves waits for the part on its way, and the others come another time", async () => {
  const order: string[] = [];
  part("one", order, true);
  part("two", order);
  const running = fetchTheRest(now);
  await new Promise((resolve) => setTimeout(resolve, 3));

  await leaveTheRest();
  assert.deepEqual(order, ["one"]);
  await running;
  assert.deepEqual(order, ["one"]);

  await fetchTheRest(now);
  assert.deepEqual(order, ["one", "two"]);
});

test("what is needed anyway is asked for until it comes, and only with a connection", async () => {
  const order: string[] = [];
  const load = (): Promise<string> => {
    order.push("asked");
    return order.filter((each) => each === "asked").length < 3 ? Promise.reject(new NotArrivedError("not yet")) : Promise.resolve("there");
  };

  const came = await insist(load, () => Promise.resolve(void order.push("connected")), 1);

  assert.equal(came, "there");
  assert.deepEqual(order, ["connected", "asked", "connected", "asked", "connected", "asked"]);
});

test("whoever leaves waits also for a part that somebody asked for", async () => {
  let arrive = (): void => undefined;
  const load = later(() => new Promise<void>((resolve) => { arrive = resolve; }));
  const asked = load();
  let hasLeft = false;
  const leaving = leaveTheRest().then(() => { hasLeft = true; });

  await new Promise((resolve) => { setTimeout(resolve, 5); });
  assert.equal(hasLeft, false);
  arrive();
  await Promise.all([asked, leaving]);
  assert.equal(hasLeft, true);
});
