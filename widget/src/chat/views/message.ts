// One message of the conversation, and what may hang under it: sources, a reference, a phone to call.

import { button, el, linked } from "../dom.ts";
import type { Segment } from "../segments.ts";
import type { Message } from "../state.ts";
import { phoneHref, readablePhone, type Wording } from "../wording.ts";
import { source } from "./source.ts";

export interface MessageDeps {
  words: Wording;
  phone: string | null;
  edit(message: Message): void;
}

export function message(each: Message, deps: MessageDeps): HTMLElement {
  const item = el("li", { class: `message ${each.author}${each.emergency ? " emergency" : ""}` });
  item.append(el("span", { class: "hidden" }, deps.words.text(`author_${each.author}`)));
  if (each.author === "patient") item.append(el("p", { class: "bubble" }, each.text), delivery(each, deps) ?? "");
  else item.append(body(each, deps), ...cards(each, deps));
  return item;
}

/** Statements, each followed by the papers that it comes from. */
export function statements(parts: Segment[], words: Wording, emergency = false): HTMLElement[] {
  return parts.flatMap((each) => [
    ...each.text
      .split(/\n{2,}/)
      .filter(Boolean)
      .map((paragraph) => el("p", {}, ...linked(paragraph, emergency))),
    ...each.citations.map((citation) => source(citation, words)),
  ]);
}

function body(each: Message, { words }: MessageDeps): HTMLElement {
  const bubble = el("div", { class: "bubble", role: each.emergency ? "alert" : null });
  if (each.emergency) bubble.append(el("strong", { class: "alert-title" }, words.text("emergency_title")));
  bubble.append(...statements(each.segments, words, each.emergency));
  return bubble;
}

function cards(each: Message, { words, phone }: MessageDeps): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (each.reference) {
    found.push(
      el(
        "div",
        { class: "card reference" },
        el("p", { class: "card-title" }, words.text("reference_title")),
        el("p", { class: "code" }, each.reference),
        el("p", { class: "card-hint" }, words.text("reference_hint")),
      ),
    );
  }
  if (each.handoff && phone && !each.emergency) {
    const label = words.text("call", { phone: readablePhone(phone) });
    found.push(el("a", { class: "button quiet", href: phoneHref(phone) }, label));
  }
  return found;
}

function delivery(each: Message, { words, edit }: MessageDeps): HTMLElement | null {
  if (each.delivery === "sending") return el("p", { class: "delivery" }, words.text("sending"));
  if (each.delivery !== "refused") return null;
  const again = button(words.text("edit"), "link", () => edit(each));
  return el("p", { class: "delivery refused" }, words.text("refused"), " ", again);
}
