// The first screen: what this is and what happens to the patient's words. Nothing is sent before "Start chat".

import { button, el, linked } from "../dom.ts";
import type { State } from "../state.ts";
import type { Boot } from "../types.ts";
import type { Wording } from "../wording.ts";

export class Consent {
  readonly element: HTMLElement;
  private readonly title: HTMLElement;
  private readonly hint = el("p", { class: "consent-hint", role: "status" });

  constructor(
    boot: Boot,
    private readonly words: Wording,
    start: () => void,
  ) {
    this.title = el("h2", { tabindex: "-1" }, words.text("consent_title"));
    this.element = el(
      "section",
      { class: "consent", tabindex: "0", "aria-label": words.text("consent_title") },
      this.title,
      el("p", { class: "disclosure" }, ...linked(boot.disclosure, true)),
      el("p", { class: "terms" }, ...linked(boot.consent.text, true)),
      this.hint,
      button(words.text("start"), "button primary", start),
    );
  }

  show(state: State): void {
    const text = state.wantsPerson ? this.words.text("person_first") : "";
    if (this.hint.textContent !== text) this.hint.textContent = text;
  }

  focus(): void {
    this.title.focus({ preventScroll: true });
  }
}
