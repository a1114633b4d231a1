// One message of the conversation, and what may hang under it: sources, a reference, a phone to call.

import { button, el, linked } from "../dom.ts";
import type { Segment } from "../segments.ts";
import type { Message } from "../state.ts";
import { phoneHref, readablePhone, type Wording } from "../wording.ts";
import { source } from "./source.ts";

export interface MessageDeps {
  words: Wording;
  phone: string | null;
  /** Digits that the patient wrote: their own phone number read back to them is nothing to call. */
  digits(): string;
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
export function statements(parts: Segment[], words: Wording, emergency = false, plain = ""): HTMLElement[] {
  return parts.flatMap((each) => [
    ...paragraphs(each.text).map((lines) => block(lines, (text) => linked(text, emergency, plain))),
    ...each.citations.map((citation) => source(citation, words)),
  ]);
}

const BULLET = "- ";

/** Paragraphs as their lines; a run of lines with bullets is a paragraph of its own. */
function paragraphs(text: string): string[][] {
  const found: string[][] = [];
  let last = "";
  for (const line of text.split("\n")) {
    const goesOn = last && line && last.startsWith(BULLET) === line.startsWith(BULLET);
    if (goesOn) found[found.length - 1]?.push(line);
    else if (line) found.push([line]);
    last = line;
  }
  return found;
}

function block(lines: string[], write: (text: string) => (Node | string)[]): HTMLElement {
  if (!lines[0]?.startsWith(BULLET)) return el("p", {}, ...write(lines.join("\n")));
  return el("ul", {}, ...lines.map((line) => el("li", {}, ...write(line.slice(BULLET.length)))));
}

function body(each: Message, { words, digits }: MessageDeps): HTMLElement {
  const bubble = el("div", { class: "bubble", role: each.emergency ? "alert" : null });
  if (each.emergency) bubble.append(el("strong", { class: "alert-title" }, words.text("emergency_title")), ...callNow(each.text, words));
  bubble.append(...statements(each.segments, words, each.emergency, digits()));
  return bubble;
}

/** One large target for the number that the words name first. */
function callNow(text: string, words: Wording): HTMLElement[] {
  const phone = /\b(?:911|988)\b/.exec(text)?.[0];
  return phone ? [el("a", { class: "button danger", href: `tel:${phone}` }, words.text("call", { phone }))] : [];
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
  if (each.delivery === "waiting") return el("p", { class: "delivery refused" }, words.text("waiting"));
  if (each.delivery !== "refused") return null;
  const again = button(words.text("edit"), "link", () => edit(each));
  return el("p", { class: "delivery refused" }, words.text("refused"), " ", again);
}
