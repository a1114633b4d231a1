// What the chat panel shows, and how each event changes it. Pure: views draw it, the sender and the bridge feed it.

import { segments, type Segment } from "./segments.ts";
import type { Outgoing } from "./storage.ts";
import type { ActionState, Citation, Done, Failure, Transcript } from "./types.ts";

export interface Message {
  key: string;
  author: "patient" | "desk" | "staff";
  text: string;
  segments: Segment[];
  /** Of the patient's own words: on the way, waiting for another try, kept by the clinic, or refused for good. */
  delivery: "sending" | "waiting" | "saved" | "refused" | null;
  emergency: boolean;
  handoff: boolean;
  reference: string | null;
}

export interface State {
  phase: "consent" | "chat";
  /** "Talk to a person" was pressed before consent: said as soon as the chat starts. */
  wantsPerson: boolean;
  greeting: string;
  suggestions: string[];
  messages: Message[];
  /** The reply while it streams in. */
  draft: Segment[] | null;
  busy: boolean;
  action: ActionState | null;
  problem: Failure | null;
  visible: boolean;
  unread: number;
  /** What a screen reader is told, once per number. */
  spoken: { number: number; text: string };
}

export type Event =
  | { type: "consented" }
  | { type: "person_wanted" }
  | { type: "created"; greeting: string; suggestions: string[] }
  | { type: "restored"; transcript: Transcript; outbox: Outgoing[] }
  | { type: "queued"; entry: Outgoing }
  | { type: "sending" }
  | { type: "saved"; client_id: string; message_id: string }
  | { type: "delta"; text: string }
  | { type: "citation"; citation: Citation }
  | { type: "done"; done: Done }
  | { type: "failed"; problem: Failure }
  | { type: "refused"; client_id: string; problem: Failure }
  | { type: "withdrawn"; key: string }
  | { type: "cleared"; said: string; keep: boolean }
  | { type: "visibility"; visible: boolean };

export function initial(greeting: string, suggestions: string[], visible: boolean): State {
  return {
    phase: "consent",
    wantsPerson: false,
    greeting,
    suggestions,
    messages: [],
    draft: null,
    busy: false,
    action: null,
    problem: null,
    visible,
    unread: 0,
    spoken: { number: 0, text: "" },
  };
}

export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case "consented":
      return { ...state, phase: "chat", wantsPerson: false };
    case "person_wanted":
      return { ...state, wantsPerson: true };
    case "created":
      return {
        ...state,
        greeting: event.greeting || state.greeting,
        suggestions: event.suggestions.length ? event.suggestions : state.suggestions,
      };
    case "restored":
      return restored(state, event.transcript, event.outbox);
    case "queued":
      return { ...state, messages: [...state.messages, pending(event.entry)], problem: null };
    case "sending":
      // Another try: the problem stands until it is over, or the button would flee from the patient's finger.
      return { ...state, busy: !state.problem, draft: null, messages: marked(state.messages, "waiting", "sending") };
    case "saved":
      return {
        ...state,
        busy: true,
        problem: null,
        messages: saved(state.messages, event.client_id, event.message_id),
      };
    case "delta":
      return { ...state, draft: withDelta(state.draft ?? [], event.text) };
    case "citation":
      return { ...state, draft: withCitation(state.draft ?? [], event.citation) };
    case "done":
      return done(state, event.done);
    case "failed":
      return {
        ...state,
        busy: false,
        draft: null,
        // The same one again is not announced again.
        problem: state.problem?.message === event.problem.message ? state.problem : event.problem,
        messages: marked(state.messages, "sending", "waiting"),
      };
    case "refused":
      return {
        ...state,
        busy: false,
        draft: null,
        problem: event.problem,
        messages: state.messages.map((each) =>
          each.key === event.client_id ? { ...each, delivery: "refused" } : each,
        ),
      };
    case "withdrawn":
      return { ...state, messages: state.messages.filter((each) => each.key !== event.key), problem: null };
    case "cleared":
      return {
        ...initial(state.greeting, state.suggestions, state.visible),
        phase: "chat",
        messages: event.keep ? [desk("cleared", event.said)] : [],
        spoken: say(state, event.said),
      };
    case "visibility":
      return { ...state, visible: event.visible, unread: event.visible ? 0 : state.unread };
  }
}

/** Short answers to tap: yes and no while confirming, else the clinic's suggestions until the talk is under way. */
export function chips(state: State, yesNo: string[]): string[] {
  if (state.busy || state.problem || state.phase !== "chat") return [];
  if (state.action?.status === "confirming") return yesNo;
  const said = state.messages.filter((each) => each.author === "patient").map((each) => each.text);
  if (said.length > 1 || state.action?.asking || state.messages.some((each) => each.emergency)) return [];
  return state.suggestions.filter((each) => !said.includes(each));
}

const PLAIN = { segments: [], delivery: null, emergency: false, handoff: false, reference: null };

function desk(key: string, text: string): Message {
  return { ...PLAIN, key, author: "desk", text, segments: [{ text, citations: [] }] };
}

function marked(messages: Message[], from: Message["delivery"], to: Message["delivery"]): Message[] {
  return messages.map((each) => (each.delivery === from ? { ...each, delivery: to } : each));
}

function pending(entry: Outgoing): Message {
  const delivery = entry.refused ? "refused" : entry.message_id ? "saved" : "sending";
  return { ...PLAIN, key: entry.message_id ?? entry.client_id, author: "patient", text: entry.text, delivery };
}

function saved(messages: Message[], clientId: string, messageId: string): Message[] {
  const known = messages.some((each) => each.key === messageId);
  return messages
    .filter((each) => !(known && each.key === clientId))
    .map((each) => (each.key === clientId ? { ...each, key: messageId, delivery: "saved" } : each));
}

function withDelta(draft: Segment[], text: string): Segment[] {
  const last = draft[draft.length - 1];
  if (!last || last.citations.length || text.startsWith("\n\n")) return [...draft, { text: text.trimStart(), citations: [] }];
  return [...draft.slice(0, -1), { ...last, text: last.text + text }];
}

function withCitation(draft: Segment[], citation: Citation): Segment[] {
  const last = draft[draft.length - 1] ?? { text: "", citations: [] };
  return [...draft.slice(0, -1), { ...last, citations: [...last.citations, citation] }];
}

function done(state: State, result: Done): State {
  const reply: Message = {
    ...desk(`reply:${result.message_id}`, result.reply),
    segments: segments(result.reply, result.answers),
    emergency: result.emergency,
    handoff: result.handoff,
    reference: result.reference,
  };
  const others = state.messages.filter((each) => each.key !== reply.key);
  return {
    ...state,
    busy: false,
    draft: null,
    problem: null,
    action: result.action,
    messages: result.reply ? [...others, reply] : others,
    unread: state.visible ? 0 : state.unread + 1,
    spoken: say(state, result.reply),
  };
}

/** The backend's transcript wins; what it does not know (still on the way) is kept. */
function restored(state: State, transcript: Transcript, outbox: Outgoing[]): State {
  const messages = transcript.messages.map((each): Message => {
    const answers = each.answers ?? [];
    return {
      ...PLAIN,
      key: each.id,
      author: each.author,
      text: each.text,
      segments: each.author === "patient" ? [] : segments(each.text, answers),
      delivery: each.author === "patient" ? "saved" : null,
      emergency: each.emergency ?? false,
      handoff: each.handoff ?? false,
      reference: each.reference ?? null,
    };
  });
  const known = new Set(messages.map((each) => each.key));
  const onTheWay = outbox.map(pending).filter((each) => !known.has(each.key));
  return { ...state, messages: [...messages, ...onTheWay], action: transcript.action ?? null, problem: null };
}

function say(state: State, text: string): State["spoken"] {
  return { number: state.spoken.number + 1, text };
}

/** All digits that the patient wrote, message by message. */
export function ownDigits(messages: Message[]): string {
  return messages.map((each) => (each.author === "patient" ? each.text.replace(/\D/g, "") : "")).join(" ");
}
