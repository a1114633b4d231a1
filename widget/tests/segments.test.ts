import assert from "node:assert/strict";
import { test } from "node:test";
import { segments } from "../src/chat/segments.ts";
import type { Answer, Citation } from "../src/chat/types.ts";

const FAQ: Citation = { document: "FAQ", page: 2, heading: null, quote: "We open at 7.", effective: null };
const LIST: Citation = { document: "Payers", page: 1, heading: null, quote: "Acme: yes", effective: null };

function answer(text: string, ...citations: Citation[]): Answer {
  return { kind: "answer", question: "?", text, citations };
}

test("each source stands under its own statement, and the next question after them", () => {
  const cut = segments("We open at 7.\n\nWe take Acme.\n\nWhat is your name?", [
    answer("We open at 7.", FAQ),
    answer("We take Acme.", LIST),
  ]);
  assert.deepEqual(cut, [
    { text: "We open at 7.", citations: [FAQ] },
    { text: "We take Acme.", citations: [LIST] },
    { text: "What is your name?", citations: [] },
  ]);
});

test("what comes before a statement is not covered by its source", () => {
  assert.deepEqual(segments("Noted: Cigna.\n\nWe take Acme.", [answer("We take Acme.", LIST)]), [
    { text: "Noted: Cigna.", citations: [] },
    { text: "We take Acme.", citations: [LIST] },
  ]);
});

test("a source whose statement is worded otherwise in the reply is not lost", () => {
  assert.deepEqual(segments("Yes.", [answer("Something else", FAQ, FAQ)]), [{ text: "Yes.", citations: [FAQ] }]);
});

test("no word of the reply is lost or said twice", () => {
  const reply = "Same. Same. End";
  const cut = segments(reply, [answer("Same.", FAQ), answer("Same.", LIST)]);
  assert.equal(cut.map((each) => each.text).join(" "), reply);
});

test("a reply without answers is one piece", () => {
  assert.deepEqual(segments("Hello", []), [{ text: "Hello", citations: [] }]);
});
