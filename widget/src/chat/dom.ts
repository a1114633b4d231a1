// Builds elements. Text only ever goes in as text: there is no way here to parse markup.

type Child = Node | string | null | false;
type Attributes = Record<string, string | boolean | null>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== false));
  return made;
}

export function button(text: string, kind: string, press: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", class: kind }, text);
  made.addEventListener("click", press);
  return made;
}

/** A line drawing of one path on a grid of 24. */
export function icon(path: string): SVGElement {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(NS, "path"));
  svg.firstElementChild?.setAttribute("d", path);
  return svg;
}

/** An element of the page's template. Throws when it is missing: the template and this code go together. */
export function part<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the chat page has no element #${id}`);
  return found as T;
}

const PHONE = /(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b/g;
const EMERGENCY = new RegExp(`${PHONE.source}|\\b(?:911|988)\\b`, "g");

/** Text with its phone numbers as links to call, but those in `plain`; in an emergency also the short numbers. */
export function linked(text: string, emergency = false, plain = ""): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(emergency ? EMERGENCY : PHONE)) {
    const digits = match[0].replace(/\D/g, "");
    if (plain.includes(digits.slice(-10))) continue;
    parts.push(text.slice(from, match.index));
    parts.push(el("a", { href: `tel:${match[0].replace(/[^\d+]/g, "")}` }, match[0]));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

export function isTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches;
}
