// The script tag: a launcher button in a shadow root on the clinic's website, and, once opened, an iframe with the chat
// page. It reads nothing of the website but its language, and nothing of the conversation but how many replies are unread.

import { isToPage, type ToChat } from "./bridge.ts";
import css from "./embed.css";

const TEXTS = {
  en: { open: "Chat with us", close: "Close chat", frame: "Chat with the clinic", wait: "Opening the chat…", stuck: "The chat could not open on this page.", tab: "Open it in a new tab", unread: "unread" },
  es: { open: "Chatee con nosotros", close: "Cerrar el chat", frame: "Chat con la clínica", wait: "Abriendo el chat…", stuck: "No se pudo abrir el chat en esta página.", tab: "Abrir en otra pestaña", unread: "sin leer" },
};
const CHAT = "M4 5h16v11H9l-5 4z";
const DOWN = "M6 9l6 6 6-6";
/** After so long with nothing from the frame (a website that may not show it, a dead line) the patient is told. */
const STUCK_MS = 4_000;
/** How often a page may throw the button out before we take it at its word. */
const MOST_RETURNS = 20;

// `currentScript` is missing when a site optimiser has wrapped the tag; then the tag is looked for.
const tag = (document.currentScript ?? document.querySelector("script[data-clinic][src*='/embed.js']")) as HTMLScriptElement | null;
const marked = window as unknown as Record<symbol, boolean>;
const MARK = Symbol.for("frontdesk");

if (tag?.src && tag.dataset.clinic && !marked[MARK]) {
  marked[MARK] = true;
  const chat = new URL(`chat/${encodeURIComponent(tag.dataset.clinic)}`, tag.src);
  if (document.body) launch(chat);
  else document.addEventListener("DOMContentLoaded", () => launch(chat));
}

function launch(chat: URL): void {
  const language = /^es\b/i.test(document.documentElement.lang) ? "es" : "en";
  const text = TEXTS[language];
  // Only a wish: a clinic that does not speak it answers in its own.
  chat.searchParams.set("lang", language);
  const host = document.createElement("frontdesk-chat");
  const root = host.attachShadow({ mode: "closed" });
  const button = add(root, "button", { type: "button", class: "launch", "aria-expanded": "false" });
  const icon = draw(button);
  const badge = add(button, "span", { class: "badge", hidden: "" });
  const panel = add(root, "div", { class: "panel", hidden: "" });
  let frame: HTMLIFrameElement | null = null;
  let wait: HTMLElement | null = null;
  let open = false;
  // Until then the window holds a blank page of the website's own origin, and a message to ours would be an error.
  let loaded = false;

  function show(next: boolean): void {
    open = next;
    if (open && !frame) frame = load();
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    icon.setAttribute("d", open ? DOWN : CHAT);
    if (open) unread(0);
    label(0);
    tell();
    if (open) frame?.focus();
    else button.focus();
  }

  function load(): HTMLIFrameElement {
    wait = add(panel, "p", { class: "wait", role: "status" });
    const words = add(wait, "span", {});
    words.append(text.wait);
    add(wait, "a", { href: chat.href, target: "_blank", rel: "noopener" }).append(text.tab);
    const made = add(panel, "iframe", { title: text.frame, src: chat.href });
    made.addEventListener("load", () => {
      loaded = true;
      tell();
      setTimeout(() => words.replaceChildren(text.stuck), STUCK_MS);
    });
    return made;
  }

  function tell(): void {
    const word: ToChat = { frontdesk: open ? "open" : "closed" };
    if (loaded) frame?.contentWindow?.postMessage(word, chat.origin);
  }

  function label(count: number): void {
    button.setAttribute("aria-label", open ? text.close : text.open + (count ? ` (${count} ${text.unread})` : ""));
  }

  function unread(count: number): void {
    badge.textContent = count ? String(Math.min(count, 9)) : "";
    badge.hidden = !count;
    label(count);
  }

  button.addEventListener("click", () => show(!open));
  document.addEventListener("keydown", (event) => {
    if (open && event.key === "Escape" && !event.defaultPrevented) show(false);
  });
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== chat.origin || !isToPage(event.data)) return;
    frame.dataset.up = "1";
    if (wait) wait.hidden = true;
    if (event.data.frontdesk === "unread") unread(open ? 0 : event.data.count);
    else if (open) show(false);
  });
  label(0);
  dress(root);
  stay(host);
}

/** Keeps the button on pages that replace their body (single-page sites) without fighting one that means it. */
function stay(host: HTMLElement): void {
  let returns = 0;
  const back = (): void => {
    if (!host.isConnected && document.body && returns++ < MOST_RETURNS) document.body.append(host);
    if (document.body) watch.observe(document.body, { childList: true });
  };
  const watch = new MutationObserver(back);
  watch.observe(document.documentElement, { childList: true });
  back();
}

/** A constructed style sheet also passes a website's own `style-src`; old browsers get a style element. */
function dress(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    add(root, "style", {}).textContent = css;
  }
}

function add<K extends keyof HTMLElementTagNameMap>(to: Node, name: K, attributes: Record<string, string>): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const key in attributes) made.setAttribute(key, attributes[key] ?? "");
  return to.appendChild(made);
}

function draw(button: HTMLElement): SVGPathElement {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = svg.appendChild(document.createElementNS(NS, "path"));
  path.setAttribute("d", CHAT);
  button.append(svg);
  return path;
}
