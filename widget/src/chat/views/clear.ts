// The question before a conversation is deleted. A native dialog: it keeps focus inside and gives it back.

import { button, el } from "../dom.ts";
import type { Wording } from "../wording.ts";

/** `clear` deletes; it resolves to null, or to a sentence that says why it could not. */
export function clearDialog(words: Wording, clear: () => Promise<string | null>): HTMLDialogElement {
  const problem = el("p", { class: "dialog-problem", role: "alert" });
  const yes = button(words.text("clear_yes"), "button danger", () => void sure());
  const no = button(words.text("clear_no"), "button quiet", () => dialog.close());
  const dialog = el(
    "dialog",
    { "aria-labelledby": "clear-title" },
    el("h2", { id: "clear-title" }, words.text("clear_title")),
    el("p", {}, words.text("clear_text")),
    problem,
    el("div", { class: "choices" }, no, yes),
  );
  dialog.addEventListener("close", () => problem.replaceChildren());

  async function sure(): Promise<void> {
    yes.disabled = true;
    const failed = await clear();
    yes.disabled = false;
    if (failed === null) dialog.close();
    else problem.replaceChildren(failed);
  }
  return dialog;
}
