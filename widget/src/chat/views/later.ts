// The link with which the patient goes on later, or on another device. A native dialog: it keeps focus inside.

import { button, el } from "../dom.ts";
import type { Wording } from "../wording.ts";

export interface Later {
  dialog: HTMLDialogElement;
  /** Opens the dialog and asks for the link. */
  show(): Promise<void>;
}

/** `make` resolves to the link's address, or to an error whose message says why there is none. */
export function laterDialog(words: Wording, make: () => Promise<string>): Later {
  const address = el("input", { id: "later-link", type: "text", readonly: true, "aria-labelledby": "later-title" });
  const said = el("p", { class: "dialog-note", role: "status" });
  const copy = button(words.text("later_copy"), "button primary", () => void copied());
  const dialog = el(
    "dialog",
    { "aria-labelledby": "later-title" },
    el("h2", { id: "later-title" }, words.text("later_title")),
    el("p", {}, words.text("later_text")),
    address,
    said,
    el("div", { class: "choices" }, button(words.text("later_close"), "button quiet", () => dialog.close()), copy),
  );

  async function copied(): Promise<void> {
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
    } catch {
      document.execCommand("copy"); // A frame on another website may not use the clipboard by itself.
    }
    said.replaceChildren(words.text("later_copied"));
  }

  async function show(): Promise<void> {
    address.value = "";
    address.hidden = copy.disabled = true;
    said.replaceChildren();
    dialog.showModal();
    try {
      address.value = await make();
      address.hidden = copy.disabled = false;
      address.select();
    } catch (reason) {
      said.replaceChildren(reason instanceof Error ? reason.message : String(reason));
    }
  }
  return { dialog, show };
}
