import assert from "node:assert/strict";
import { test } from "node:test";
import { eventParser, type ServerEvent } from "../src/chat/sse.ts";

function parsed(...chunks: string[]): ServerEvent[] {
  const events: ServerEvent[] = [];
  const feed = eventParser((event) => events.push(event));
  chunks.forEach(feed);
  return events;
}

const STREAM = ': hello\r\n\r\nevent: delta\r\ndata: {"text":"a"}\r\n\r\n:\r\n\r\nevent:done\ndata: one\ndata: two\n\n';
const EVENTS = [
  { event: "delta", data: '{"text":"a"}' },
  { event: "done", data: "one\ntwo" },
];

test("a stream cut at any place gives the same events: the network cuts where it likes", () => {
  for (let at = 0; at <= STREAM.length; at++) assert.deepEqual(parsed(STREAM.slice(0, at), STREAM.slice(at)), EVENTS);
  assert.deepEqual(parsed(...STREAM), EVENTS);
});

test("keep-alive comments and unknown fields are no events", () => {
  assert.deepEqual(parsed(": ping\n\n", "id: 3\nretry: 10\n\n"), []);
});

test("an event that the stream did not finish is not an event: it may be half a sentence", () => {
  assert.deepEqual(parsed("event: delta\ndata: half"), []);
  assert.deepEqual(parsed("event: delta\ndata: half\n"), []);
});
