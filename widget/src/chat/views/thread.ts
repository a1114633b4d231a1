// The scrolling list of messages. Each stays the same element while it does not change, so that an opened source stays
// open; a long reply never pushes the question that it answers out of sight.

import { button, el, icon } from "../dom.ts";
import type { Message, State } from "../state.ts";
import { message, statements, type MessageDeps } from "./message.ts";

const NEAR_PX = 60;
const MARGIN_PX = 12;

export class Thread {
  readonly element: HTMLElement;
  private readonly scroll: HTMLElement;
  private readonly list = el("ol", { class: "messages" });
  private readonly greeting = el("p", {});
  private readonly draft: HTMLElement;
  private readonly latest: HTMLButtonElement;
  private shown = new Map<string, { of: Message; item: HTMLElement }>();
  private drafted: State["draft"] = null;
  private following = true;

  constructor(private readonly deps: MessageDeps) {
    const { words } = deps;
    const welcome = el("div", { class: "message desk" }, el("div", { class: "bubble" }, this.greeting));
    this.draft = el("div", { class: "message desk draft", hidden: true }, el("div", { class: "bubble" }));
    // `log` would speak each piece of a streaming reply; the announcer speaks it once, whole.
    this.scroll = el(
      "div",
      { class: "scroll", id: "log", role: "log", "aria-live": "off", "aria-label": words.text("log"), tabindex: "0" },
      welcome,
      this.list,
      this.draft,
    );
    this.latest = button("", "latest", () => this.toEnd());
    this.latest.setAttribute("aria-label", words.text("latest"));
    this.latest.title = words.text("latest");
    this.latest.append(icon("M12 5v14M5.5 12.5 12 19l6.5-6.5"));
    this.latest.hidden = true;
    this.element = el("div", { class: "thread" }, this.scroll, this.latest);
    this.scroll.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    if (typeof ResizeObserver === "function") new ResizeObserver(() => this.follow()).observe(this.scroll);
  }

  show(state: State): void {
    const before = this.shown.size;
    this.greeting.textContent = state.greeting;
    const changed = [this.showMessages(state.messages), this.showDraft(state)].some(Boolean);
    if (state.messages.length > before && state.messages[state.messages.length - 1]?.author === "patient") {
      this.following = true;
    }
    if (changed) this.follow();
  }

  focus(): void {
    this.scroll.focus();
  }

  private showMessages(messages: Message[]): boolean {
    const next = new Map<string, { of: Message; item: HTMLElement }>();
    for (const each of messages) {
      const old = this.shown.get(each.key);
      next.set(each.key, old?.of === each ? old : { of: each, item: message(each, this.deps) });
    }
    const items = Array.from(next.values(), ({ item }) => item);
    const changed = items.length !== this.list.children.length || items.some((item, i) => item !== this.list.children[i]);
    if (changed) this.arrange(items);
    this.shown = next;
    return changed;
  }

  /** Puts `items` in order without moving those that are in place: a moved element loses focus and scroll. */
  private arrange(items: HTMLElement[]): void {
    const wanted = new Set<Element>(items);
    for (const old of Array.from(this.list.children)) if (!wanted.has(old)) old.remove();
    items.forEach((item, i) => {
      const there = this.list.children[i];
      if (there !== item) this.list.insertBefore(item, there ?? null);
    });
  }

  private showDraft(state: State): boolean {
    if (state.draft === this.drafted && this.draft.hidden === !state.busy) return false;
    this.drafted = state.draft;
    this.draft.hidden = !state.busy;
    const bubble = this.draft.firstElementChild;
    const parts = state.draft?.length ? statements(state.draft, this.deps.words, false, this.deps.digits()) : [dots(this.deps.words.text("typing"))];
    bubble?.replaceChildren(...parts);
    return true;
  }

  /** Down to the end, but not past the patient's last words: a reply is read from its beginning. */
  private follow(): void {
    if (!this.following) return this.noteScroll();
    const own = this.list.querySelectorAll<HTMLElement>(".patient");
    const last = own[own.length - 1];
    // With little height it is the page that scrolls.
    if (getComputedStyle(this.scroll).overflowY === "visible") return last?.scrollIntoView();
    const end = this.scroll.scrollHeight - this.scroll.clientHeight;
    const limit = last ? last.offsetTop - MARGIN_PX : end;
    this.scroll.scrollTop = Math.max(0, Math.min(end, limit));
    this.latest.hidden = this.toGo() < NEAR_PX;
  }

  private toEnd(): void {
    this.following = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.scroll.focus({ preventScroll: true });
  }

  private noteScroll(): void {
    const away = this.toGo() > NEAR_PX;
    this.latest.hidden = !away;
  }

  private toGo(): number {
    return this.scroll.scrollHeight - this.scroll.clientHeight - this.scroll.scrollTop;
  }
}

function dots(label: string): HTMLElement {
  const three = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  return el("p", { class: "typing" }, three, el("span", { class: "hidden" }, label));
}
