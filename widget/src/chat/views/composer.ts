// Where the patient writes: a growing text field, the short answers above it, and what went wrong.

import { button, el, icon, isTouch, linked } from "../dom.ts";
import { chips, type State } from "../state.ts";
import type { Wording } from "../wording.ts";

/** The backend's limit on one message; the rest is counted down near the end. */
const MOST = 4000;
const COUNT_FROM = 3600;
const TALLEST_PX = 140;

export interface ComposerDeps {
  words: Wording;
  say(text: string): void;
  retry(): void;
}

export class Composer {
  readonly element: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly count = el("p", { class: "count", hidden: true });
  private readonly chips: HTMLElement;
  private readonly problem = el("div", { class: "problem", role: "alert" });
  private shown = { chips: "", problem: null as State["problem"] };

  constructor(private readonly deps: ComposerDeps) {
    const { words } = deps;
    this.input = el("textarea", { id: "words", rows: "1", maxlength: String(MOST), placeholder: words.text("placeholder") });
    this.send = el("button", { type: "submit", class: "send", "aria-label": words.text("send") }, icon("M12 19V5M5.5 11.5 12 5l6.5 6.5"));
    this.chips = el("div", { class: "chips", role: "group", "aria-label": words.text("suggestions_label") });
    const label = el("label", { for: "words", class: "hidden" }, words.text("label"));
    const form = el("form", { class: "write", novalidate: true }, label, this.input, this.send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.grow());
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes (Japanese, dictation), Enter picks a word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.send.addEventListener("mousedown", (event) => event.preventDefault());
    this.element = el("div", { class: "composer" }, this.problem, this.chips, form, this.count);
    this.grow();
  }

  show(state: State): void {
    this.showProblem(state);
    const wanted = chips(state, this.deps.words.list("yes_no"));
    if (wanted.join("\n") === this.shown.chips) return;
    this.shown.chips = wanted.join("\n");
    const had = this.chips.contains(document.activeElement);
    this.chips.replaceChildren(...wanted.map((text) => button(text, "chip", () => this.pick(text))));
    if (had) this.focus();
  }

  focus(): void {
    this.input.focus({ preventScroll: true });
  }

  /** A refused message comes back to be changed; what is being written is not overwritten. */
  take(text: string): void {
    this.input.value = [this.input.value.trim(), text].filter(Boolean).join("\n");
    this.grow();
    this.focus();
  }

  private pick(text: string): void {
    // On a phone the field would raise the keyboard over the reply that was asked for.
    if (!isTouch()) this.focus();
    this.deps.say(text);
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (!text) return this.focus();
    this.input.value = "";
    this.grow();
    this.deps.say(text);
  }

  private grow(): void {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(TALLEST_PX, this.input.scrollHeight)}px`;
    const length = this.input.value.length;
    this.count.hidden = length < COUNT_FROM;
    this.count.textContent = this.deps.words.text("left", { count: String(MOST - length) });
    this.send.classList.toggle("ready", !!this.input.value.trim());
  }

  private showProblem({ problem }: State): void {
    if (problem === this.shown.problem) return;
    const had = this.problem.contains(document.activeElement);
    this.shown.problem = problem;
    this.problem.replaceChildren();
    if (problem) {
      const text = [problem.message, problem.remedy].filter(Boolean).join(" ");
      this.problem.append(el("p", {}, ...linked(text)), button(this.deps.words.text("retry"), "link", this.deps.retry));
    } else if (had) this.focus();
  }
}
