// The card under a statement: which paper says so, on which page, from when, and the words themselves.

import { el } from "../dom.ts";
import type { Citation } from "../types.ts";
import type { Wording } from "../wording.ts";

export function source(citation: Citation, words: Wording): HTMLElement {
  const facts = [
    citation.page !== null && words.text("page", { page: String(citation.page) }),
    citation.effective && words.text("effective", { date: words.day(citation.effective) }),
  ].filter(Boolean);
  return el(
    "details",
    { class: "source" },
    el(
      "summary",
      {},
      el("span", {}, el("span", { class: "source-label" }, words.text("source")), " ", el("b", {}, citation.document)),
      facts.length > 0 && el("span", { class: "source-facts" }, facts.join(" · ")),
    ),
    citation.heading ? el("p", { class: "source-heading" }, citation.heading) : null,
    el("blockquote", {}, citation.quote),
  );
}
