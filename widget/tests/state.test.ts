import assert from "node:assert/strict";
import { test } from "node:test";
import { chips, initial, reduce, type Event, type State } from "../src/chat/state.ts";
import type { Citation, Done } from "../src/chat/types.ts";

const CITED: Citation = { document: "FAQ", page: 1, heading: null, quote: "q", effective: null };
const ENTRY = { client_id: "c1", text: "hi", message_id: null };
const DONE: Done = {
  message_id: "m1",
  reply: "Hello.",
  answers: [],
  action: null,
  reference: null,
  emergency: false,
  handoff: false,
};

function after(...events: Event[]): State {
  const start = initial("Welcome", ["One?", "Two?"], true);
  return events.reduce(reduce, reduce(start, { type: "consented" }));
}

test("deltas are withdrawn when the turn fails: nothing unsaved may stay on the screen", () => {
  const state = after(
    { type: "queued", entry: ENTRY },
    { type: "sending" },
    { type: "delta", text: "We take" },
    { type: "failed", problem: { code: "unavailable", message: "Not now" } },
  );
  assert.equal(state.draft, null);
  assert.equal(state.busy, false);
  assert.equal(state.problem?.message, "Not now");
  assert.deepEqual(state.messages.map((each) => [each.text, each.delivery]), [["hi", "waiting"]]);
  const again = reduce(state, { type: "sending" });
  assert.deepEqual([again.messages[0]?.delivery, again.problem, again.busy], ["sending", state.problem, false]);
  const failed = reduce(again, { type: "failed", problem: { code: "unavailable", message: "Not now" } });
  assert.equal(failed.problem, state.problem);
  const saved = reduce(again, { type: "saved", client_id: "c1", message_id: "p1" });
  assert.deepEqual([saved.problem, saved.busy], [null, true]);
});

test("a citation belongs to the text before it, and text after it starts a new piece", () => {
  const state = after(
    { type: "delta", text: "A" },
    { type: "delta", text: "B" },
    { type: "citation", citation: CITED },
    { type: "delta", text: "\n\nC" },
  );
  assert.deepEqual(state.draft, [
    { text: "AB", citations: [CITED] },
    { text: "C", citations: [] },
  ]);
});

test("a paragraph that follows is a piece of its own, so that a source stands under its own statement", () => {
  const state = after({ type: "delta", text: "Noted." }, { type: "delta", text: "\n\nA" }, { type: "citation", citation: CITED });
  assert.deepEqual(state.draft, [
    { text: "Noted.", citations: [] },
    { text: "A", citations: [CITED] },
  ]);
});

test("a reply replaces its draft and is spoken exactly once", () => {
  const before = after({ type: "queued", entry: ENTRY }, { type: "sending" }, { type: "delta", text: "Hel" });
  assert.equal(before.spoken.number, 0);
  const state = reduce(before, { type: "done", done: DONE });
  assert.equal(state.draft, null);
  assert.deepEqual(state.spoken, { number: 1, text: "Hello." });
  assert.deepEqual(state.messages.map((each) => each.text), ["hi", "Hello."]);
});

test("the same reply told twice (a resent message) is shown once", () => {
  const state = after({ type: "done", done: DONE }, { type: "done", done: DONE });
  assert.equal(state.messages.length, 1);
});

test("after a reload a message that the backend already had is not shown twice", () => {
  const transcript = { messages: [{ id: "p1", author: "patient" as const, text: "hi" }] };
  const outbox = [ENTRY];
  const unsure = after({ type: "restored", transcript, outbox });
  assert.equal(unsure.messages.length, 2);
  const sure = reduce(unsure, { type: "saved", client_id: "c1", message_id: "p1" });
  assert.deepEqual(sure.messages.map((each) => [each.key, each.delivery]), [["p1", "saved"]]);
});

test("the transcript replaces what was shown, and keeps what is still on the way and the reference card", () => {
  const transcript = { messages: [{ id: "d1", author: "desk" as const, text: "Hello.", reference: "ABC2345" }] };
  const state = after(
    { type: "done", done: { ...DONE, reference: "ABC2345" } },
    { type: "restored", transcript, outbox: [ENTRY] },
  );
  assert.deepEqual(state.messages.map((each) => [each.key, each.reference]), [["d1", "ABC2345"], ["c1", null]]);
});

test("a refused message is marked and can be taken back", () => {
  const problem = { code: "invalid", message: "Too long" };
  const state = after({ type: "queued", entry: ENTRY }, { type: "refused", client_id: "c1", problem });
  assert.equal(state.messages[0]?.delivery, "refused");
  const taken = reduce(state, { type: "withdrawn", key: "c1" });
  assert.deepEqual([taken.messages, taken.problem], [[], null]);
});

test("replies count as unread only while the panel is closed", () => {
  const closed = reduce(after(), { type: "visibility", visible: false });
  const state = reduce(closed, { type: "done", done: DONE });
  assert.equal(state.unread, 1);
  assert.equal(reduce(state, { type: "visibility", visible: true }).unread, 0);
  assert.equal(after({ type: "done", done: DONE }).unread, 0);
});

test("chips: suggestions at first, yes and no while confirming, none while busy or collecting", () => {
  assert.deepEqual(chips(after(), ["Yes", "No"]), ["One?", "Two?"]);
  assert.deepEqual(chips(after({ type: "sending" }), ["Yes", "No"]), []);
  const action = { name: "referral", status: "confirming" as const, asking: null };
  assert.deepEqual(chips(after({ type: "done", done: { ...DONE, action } }), ["Yes", "No"]), ["Yes", "No"]);
  const collecting = { name: "referral", status: "collecting" as const, asking: "reason" };
  assert.deepEqual(chips(after({ type: "done", done: { ...DONE, action: collecting } }), ["Yes", "No"]), []);
});

test("deleting the chat leaves nothing of it in the state", () => {
  const state = after(
    { type: "queued", entry: ENTRY },
    { type: "done", done: DONE },
    { type: "cleared", said: "Gone", keep: false },
  );
  assert.equal(JSON.stringify(state).includes("Hello."), false);
  assert.equal(state.phase, "chat");
});
