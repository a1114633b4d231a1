import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { Api } from "../src/chat/api.ts";
import { Sender } from "../src/chat/sender.ts";
import { initial, reduce, type State } from "../src/chat/state.ts";
import { keeper, type Keeper } from "../src/chat/storage.ts";

const DONE = { message_id: "m1", reply: "Hello.", answers: [], action: null, reference: null, emergency: false, handoff: false };
const CREATED = { conversation_id: "conv_1", token: "t", greeting: "Hi", suggestions: [], disclosure: "", language: "en" };

interface Call {
  route: string;
  body: Record<string, string>;
  token: string | undefined;
}
type Answerer = (call: Call, reply: ServerResponse, nth: number) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

function json(reply: ServerResponse, status: number, body: unknown, headers = {}): void {
  reply.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

function stream(reply: ServerResponse, ...events: [string, unknown][]): void {
  reply.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const [name, data] of events) reply.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  reply.end();
}

async function read(request: IncomingMessage): Promise<Record<string, string>> {
  let text = "";
  for await (const part of request) text += String(part);
  return (text ? JSON.parse(text) : {}) as Record<string, string>;
}

/** A real server on loopback; `routes` answers by "METHOD last-word-of-path". */
async function desk(routes: Record<string, Answerer>, kept?: Keeper) {
  const calls: Call[] = [];
  server = createServer((request, reply) => {
    void read(request).then((body) => {
      const route = `${request.method} ${request.url?.split("/").pop()}`;
      const call = { route, body, token: request.headers.authorization };
      calls.push(call);
      const answer = routes[route];
      if (answer) answer(call, reply, calls.filter((each) => each.route === route).length);
      else json(reply, 404, { error: { code: "not_found", message: "No such thing" } });
    });
  });
  await new Promise<void>((ready) => server?.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  let state = reduce(initial("Hi", [], true), { type: "consented" });
  const keep = kept ?? keeper("key", () => ({ getItem: () => null, setItem: () => undefined }));
  const api = new Api(`http://127.0.0.1:${port}/api/v1/`, "Offline", "es");
  const sender = new Sender(api, keep, (event) => (state = reduce(state, event)), { site_key: "key", consent: "v1", language: "es" });
  const until = async (met: (state: State) => boolean): Promise<State> => {
    for (let i = 0; i < 500 && !met(state); i++) await new Promise((next) => setTimeout(next, 10));
    assert.ok(met(state), JSON.stringify(state));
    return state;
  };
  return { sender, keep, calls, until };
}

const ended: Answerer = (_, reply) => json(reply, 200, { deleted: true, message: "Gone" });
const create: Answerer = (_, reply) => json(reply, 201, CREATED);
const answer: Answerer = (_, reply) => stream(reply, ["saved", { message_id: "p1" }], ["delta", { text: "Hel" }], ["done", DONE]);
const replied = (state: State): boolean => state.messages.some((each) => each.text === "Hello.");

test("the first message makes the conversation, with the consent, and is sent with its token", async () => {
  const { sender, keep, calls, until } = await desk({ "POST conversations": create, "POST messages": answer });
  assert.equal(calls.length, 0);
  sender.say("hi");
  await until(replied);
  assert.deepEqual(calls.map((each) => each.route), ["POST conversations", "POST messages"]);
  assert.equal(calls[0]?.body.consent, "v1");
  assert.equal(calls[0]?.body.language, "es");
  assert.equal(calls[1]?.token, "Bearer t");
  assert.deepEqual(keep.read().outbox, []);
});

test("a line that breaks before the reply: the same message goes out again under the same id", async () => {
  const cut: Answerer = (call, reply, nth) => (nth === 1 ? void reply.destroy() : answer(call, reply, nth));
  const { sender, calls, until } = await desk({ "POST conversations": create, "POST messages": cut });
  sender.say("hi");
  await until((state) => !!state.problem);
  await sender.flush();
  await until(replied);
  const sent = calls.filter((each) => each.route === "POST messages").map((each) => each.body.client_id);
  assert.equal(sent.length, 2);
  assert.equal(sent[0], sent[1]);
});

test("a lost reply to the creation does not make a second conversation", async () => {
  const cut: Answerer = (call, reply, nth) => (nth === 1 ? void reply.destroy() : create(call, reply, nth));
  const { sender, calls, until } = await desk({ "POST conversations": cut, "POST messages": answer });
  sender.say("hi");
  await until((state) => !!state.problem);
  await sender.flush();
  await until(replied);
  const ids = calls.filter((each) => each.route === "POST conversations").map((each) => each.body.client_id);
  assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
});

test("an error in the stream withdraws what was said, shows the sentence, and tries again", async () => {
  const error = { error: { code: "unavailable", message: "Please call us." } };
  const fails: Answerer = (_, reply) => stream(reply, ["saved", { message_id: "p1" }], ["delta", { text: "x" }], ["error", error]);
  const { sender, keep, calls, until } = await desk({ "POST conversations": create, "POST messages": fails, "DELETE conv_1": ended });
  sender.say("hi");
  const state = await until((each) => !!each.problem);
  assert.equal(state.problem?.message, "Please call us.");
  assert.equal(state.draft, null);
  assert.equal(keep.read().outbox.length, 1);
  await until(() => calls.filter((each) => each.route === "POST messages").length > 1);
  const [first, second] = calls.filter((each) => each.route === "POST messages");
  assert.equal(first?.body.client_id, second?.body.client_id);
  await sender.end().catch(() => undefined);
});

test("an expired conversation is quietly replaced and the words are not lost", async () => {
  const kept = keeper("key", () => ({ getItem: () => null, setItem: () => undefined }));
  kept.write({ conversation: { id: "conv_0", token: "old" }, outbox: [{ client_id: "c1", text: "hi", message_id: "p0" }] });
  const { sender, calls, until } = await desk({ "POST conversations": create, "POST messages": answer }, kept);
  await sender.resume();
  const state = await until(replied);
  assert.equal(state.problem, null);
  assert.equal(calls.find((each) => each.route === "POST messages")?.body.client_id, "c1");
});

test("a token that runs out in the middle of a talk: a new conversation, the same words, no error shown", async () => {
  const late: Answerer = (call, reply, nth) =>
    nth === 1 ? json(reply, 401, { error: { code: "not_signed_in", message: "Expired" } }) : answer(call, reply, nth);
  const { sender, calls, until } = await desk({ "POST conversations": create, "POST messages": late });
  sender.say("hi");
  const state = await until((each) => replied(each) || !!each.problem);
  assert.equal(state.problem, null);
  assert.equal(calls.filter((each) => each.route === "POST conversations").length, 2);
});

test("a message that can never be taken is given back, and the next one still goes out", async () => {
  const long = { error: { code: "too_large", message: "Too long" } };
  const picky: Answerer = (call, reply, nth) => (call.body.text === "long" ? json(reply, 413, long) : answer(call, reply, nth));
  const { sender, keep, until } = await desk({ "POST conversations": create, "POST messages": picky });
  sender.say("long");
  sender.say("hi");
  const state = await until(replied);
  assert.deepEqual(state.messages.map((each) => each.delivery), ["refused", "saved", null]);
  const [kept] = keep.read().outbox;
  assert.deepEqual([kept?.text, kept?.refused], ["long", "Too long"], "a reload must not make it vanish");
  sender.withdraw(kept?.client_id ?? "");
  assert.deepEqual(keep.read().outbox, []);
});

test("a token that ended a moment ago is exchanged and the talk goes on in its conversation", async () => {
  const late: Answerer = (call, reply, nth) =>
    nth === 1 ? json(reply, 401, { error: { code: "token_expired", message: "Expired" } }) : answer(call, reply, nth);
  const renew: Answerer = (_, reply) => json(reply, 201, { token: "t2", expires_at: "" });
  const { sender, calls, keep, until } = await desk({ "POST conversations": create, "POST messages": late, "POST token": renew });
  sender.say("hi");
  const state = await until((each) => replied(each) || !!each.problem);
  assert.equal(state.problem, null);
  assert.deepEqual(calls.map((each) => each.route), ["POST conversations", "POST messages", "POST token", "POST messages"]);
  assert.equal(calls[2]?.token, "Bearer t");
  assert.equal(calls[3]?.token, "Bearer t2");
  assert.deepEqual([keep.read().conversation?.id, keep.read().conversation?.token], ["conv_1", "t2"]);
});

test("a token of half a day is exchanged before it ends", async () => {
  const kept = keeper("key", () => ({ getItem: () => null, setItem: () => undefined }));
  kept.write({ conversation: { id: "conv_1", token: "t", since: Date.now() - 13 * 3600 * 1000 } });
  const renew: Answerer = (_, reply) => json(reply, 201, { token: "t2", expires_at: "" });
  const { sender, calls, until } = await desk({ "POST messages": answer, "POST token": renew }, kept);
  sender.say("hi");
  await until(replied);
  assert.deepEqual(calls.map((each) => each.token), ["Bearer t", "Bearer t2"]);
});

test("deleting the chat while a message waits for its reply: it is sent nowhere again, and no reply appears", async () => {
  let hold: ServerResponse | undefined;
  const slow: Answerer = (_, reply) => void (hold = reply);
  const { sender, keep, calls, until } = await desk({ "POST conversations": create, "POST messages": slow, "DELETE conv_1": ended });
  sender.say("hi");
  await until(() => !!hold);
  await sender.end();
  if (hold) json(hold, 404, { error: { code: "not_found", message: "Ended" } });
  sender.say("something else");
  await until(() => calls.filter((each) => each.route === "POST messages").length > 1);
  assert.deepEqual(calls.filter((each) => each.route === "POST messages").map((each) => each.body.text), ["hi", "something else"]);
  assert.deepEqual(keep.read().outbox.map((each) => each.text), ["something else"]);
  await sender.end();
});

test("several messages that wait go out in the order in which they were written", async () => {
  let up = false;
  const flaky: Answerer = (call, reply, nth) => (up ? answer(call, reply, nth) : void reply.destroy());
  const { sender, calls, until } = await desk({ "POST conversations": create, "POST messages": flaky });
  for (const text of ["one", "two", "three"]) sender.say(text);
  const waiting = await until((state) => !!state.problem);
  assert.deepEqual(waiting.messages.map((each) => each.delivery), ["waiting", "waiting", "waiting"]);
  const before = calls.length;
  up = true;
  const sent = (): string[] => calls.slice(before).flatMap((each) => each.body.text ?? []);
  await until(() => sent().length >= 3);
  assert.deepEqual(sent(), ["one", "two", "three"]);
});

test("a date in Retry-After is understood, and nothing is tried before it by itself", async () => {
  const at = new Date(Date.now() + 60_000).toUTCString();
  const busy: Answerer = (_, reply) => json(reply, 503, { error: { code: "unavailable", message: "Call us." } }, { "Retry-After": at });
  const { sender, calls, until } = await desk({ "POST conversations": create, "POST messages": busy, "DELETE conv_1": ended });
  sender.say("hi");
  await until((state) => !!state.problem);
  const before = calls.length;
  sender.nudge();
  await new Promise((next) => setTimeout(next, 2_500));
  assert.equal(calls.length, before);
  await sender.end();
});

test("words that only memory holds are known to be lost with the page; those in storage are not", async () => {
  const none = keeper("key", () => {
    throw new Error("SecurityError");
  });
  const { sender, until } = await desk({}, none);
  sender.say("hi");
  assert.equal(sender.wouldLose(), true);
  await until((state) => state.messages[0]?.delivery !== "sending");
  await sender.end().catch(() => undefined);
  assert.equal(sender.wouldLose(), false);
});

test("too many requests: the backend's own sentence is shown and the message is kept", async () => {
  const busy: Answerer = (_, reply) => json(reply, 429, { error: { code: "too_many", message: "One moment." } }, { "Retry-After": "60" });
  const { sender, keep, until } = await desk({ "POST conversations": create, "POST messages": busy });
  sender.say("hi");
  const state = await until((each) => !!each.problem);
  assert.equal(state.problem?.message, "One moment.");
  assert.equal(keep.read().outbox.length, 1);
  await sender.end().catch(() => undefined);
});

test("deleting ends the conversation at the backend and forgets it here, even when it was gone already", async () => {
  const { sender, keep, until, calls } = await desk({ "POST conversations": create, "POST messages": answer });
  sender.say("hi");
  await until(replied);
  await sender.end();
  assert.equal(calls[calls.length - 1]?.route, "DELETE conv_1");
  assert.equal(keep.read().conversation, null);
});
