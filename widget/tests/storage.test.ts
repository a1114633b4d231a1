import assert from "node:assert/strict";
import { test } from "node:test";
import { consented, keeper, newId, type Box } from "../src/chat/storage.ts";

function box(): Box {
  const held = new Map<string, string>();
  return { getItem: (name) => held.get(name) ?? null, setItem: (name, value) => void held.set(name, value) };
}

test("what was written is there after a reload, per clinic", () => {
  const storage = box();
  const entry = { client_id: "c1", text: "hi", message_id: null };
  keeper("one", () => storage).write({ outbox: [entry] });
  assert.deepEqual(keeper("one", () => storage).read().outbox, [entry]);
  assert.deepEqual(keeper("two", () => storage).read().outbox, []);
});

test("storage that throws on every touch (blocked third-party storage) leaves a chat that works in memory", () => {
  const kept = keeper("one", () => {
    throw new Error("SecurityError");
  });
  kept.write({ create_id: "x" });
  assert.equal(kept.read().create_id, "x");
});

test("spoilt storage is nothing, not a crash", () => {
  const storage = box();
  storage.setItem("frontdesk:one", "{");
  assert.deepEqual(keeper("one", () => storage).read().outbox, []);
});

test("consent is asked again for another text, and after seven days", () => {
  const day = 24 * 3600 * 1000;
  const kept = { ...keeper("one", box).read(), consent: { version: "v1", at: 0 } };
  assert.equal(consented(kept, "v1", 6 * day), true);
  assert.equal(consented(kept, "v1", 7 * day), false);
  assert.equal(consented(kept, "v2", 1), false);
});

test("ids have 128 random bits", () => {
  assert.match(newId(), /^[0-9a-f]{32}$/);
  assert.notEqual(newId(), newId());
});
