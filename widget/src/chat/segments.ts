// Puts each source under the statement it supports: a reply is cut where its answers stand in it.

import type { Answer, Citation } from "./types.ts";

export interface Segment {
  text: string;
  citations: Citation[];
}

/** Cuts `reply` before and after each answer that stands in it word for word; sources of other answers come at the end. */
export function segments(reply: string, answers: Answer[]): Segment[] {
  const cut: Segment[] = [];
  const left: Citation[] = [];
  let from = 0;
  for (const answer of answers) {
    const at = answer.text ? reply.indexOf(answer.text, from) : -1;
    if (!answer.citations.length) continue;
    if (at < 0) {
      left.push(...answer.citations);
      continue;
    }
    const to = at + answer.text.length;
    const before = reply.slice(from, at).trim();
    if (before) cut.push({ text: before, citations: [] });
    cut.push({ text: answer.text.trim(), citations: distinct(answer.citations) });
    from = to;
  }
  const text = reply.slice(from).trim();
  if (text || left.length || !cut.length) cut.push({ text, citations: distinct(left) });
  return cut;
}

function distinct(citations: Citation[]): Citation[] {
  const seen = new Set<string>();
  return citations.filter((each) => {
    const key = JSON.stringify([each.document, each.page, each.quote]);
    return !seen.has(key) && !!seen.add(key);
  });
}
