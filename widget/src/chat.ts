// The chat page: reads its boot block, puts the views together and joins them with the state, the sender and the parent.

import { Api, Problem } from "./chat/api.ts";
import { part } from "./chat/dom.ts";
import { isEmbedded, listenToParent } from "./chat/parent.ts";
import { Sender } from "./chat/sender.ts";
import { initial, ownDigits, reduce, type Event } from "./chat/state.ts";
import { consented, keeper } from "./chat/storage.ts";
import type { Boot } from "./chat/types.ts";
import { clearDialog } from "./chat/views/clear.ts";
import { laterDialog } from "./chat/views/later.ts";
import { Composer } from "./chat/views/composer.ts";
import { Consent } from "./chat/views/consent.ts";
import { Thread } from "./chat/views/thread.ts";
import { readablePhone, Wording } from "./chat/wording.ts";

function start(boot: Boot): void {
  const { clinic, consent } = boot;
  const phone = clinic.phone ? readablePhone(clinic.phone) : "";
  const words = new Wording(boot.strings, boot.language, { clinic: clinic.name, phone });
  const keep = keeper(clinic.site_key, () => window.sessionStorage);
  const embedded = isEmbedded();
  const suggestions = boot.suggestions?.length ? boot.suggestions : words.list("suggestions");

  let state = initial(boot.greeting || words.text("greeting"), suggestions, !embedded);
  const api = new Api(new URL("../api/v1/", location.href).href, words.text(phone ? "offline" : "offline_no_phone"), boot.language);
  const sender = new Sender(api, keep, tell, {
    site_key: clinic.site_key,
    consent: consent.version,
    language: boot.language,
  });
  const parent = embedded ? listenToParent(boot.origins, seen) : null;

  const spoken = part("spoken");
  const first = new Consent(boot, words, agree);
  const composer = new Composer({ words, say: (text) => sender.say(text), retry: () => void sender.flush() });
  const thread = new Thread({
    words,
    phone: clinic.phone,
    digits: () => ownDigits(state.messages),
    edit(message) {
      sender.withdraw(message.key);
      composer.take(message.text);
    },
  });
  const dialog = clearDialog(words, clear);
  const later = laterDialog(words, () => sender.link());
  let linked = linkedToken();
  part("chat").append(first.element, thread.element, composer.element, dialog, later.dialog);

  function tell(event: Event): void {
    const before = state;
    state = reduce(state, event);
    if (state !== before) show(before.spoken.number);
  }

  function show(lastSpoken: number): void {
    const chatting = state.phase === "chat";
    first.element.hidden = chatting;
    thread.element.hidden = composer.element.hidden = !chatting;
    part("clear").hidden = part("later").hidden = !chatting || !state.messages.length;
    first.show(state);
    if (chatting) {
      thread.show(state);
      composer.show(state);
    }
    if (state.spoken.number > lastSpoken) spoken.textContent = state.spoken.text;
    parent?.unread(state.unread);
  }

  function agree(): void {
    keep.write({ consent: { version: consent.version, at: Date.now() } });
    const { wantsPerson } = state;
    begin();
    composer.focus();
    if (wantsPerson) person();
  }

  function begin(): void {
    tell({ type: "consented" });
    const token = linked;
    linked = null;
    if (token) void take(token);
    else if (keep.read().conversation || keep.read().outbox.length) void sender.resume();
  }

  async function take(token: string): Promise<void> {
    try {
      await sender.take(token);
    } catch (reason) {
      const said = reason instanceof Problem && reason.status === 404 ? words.text("later_ended") : words.text("offline");
      tell({ type: "cleared", said, keep: true });
    }
  }

  function person(): void {
    if (state.phase === "consent") return tell({ type: "person_wanted" });
    sender.say(words.text("person_message"));
  }

  async function clear(): Promise<string | null> {
    try {
      const said = await sender.end();
      tell({ type: "cleared", said: said ?? words.text("cleared"), keep: !!said });
      composer.focus();
      return null;
    } catch (reason) {
      return reason instanceof Problem ? reason.failure.message : words.text("offline");
    }
  }

  function seen(visible: boolean): void {
    tell({ type: "visibility", visible });
    if (!visible) return;
    if (state.phase === "consent") first.focus();
    else if (matchMedia("(pointer: coarse)").matches) thread.focus();
    else composer.focus();
  }

  part("kind").hidden = part("person").hidden = false;
  part("person").addEventListener("click", person);
  part("clear").addEventListener("click", () => dialog.showModal());
  part("later").addEventListener("click", () => void later.show());
  part("close").hidden = !embedded;
  part("close").addEventListener("click", () => parent?.close());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !dialog.open && !later.dialog.open && !event.isComposing) parent?.close();
  });
  window.addEventListener("online", () => sender.nudge());
  window.addEventListener("pageshow", () => sender.nudge());
  document.addEventListener("visibilitychange", () => document.hidden || sender.nudge());
  window.addEventListener("beforeunload", (event) => {
    if (sender.wouldLose()) event.preventDefault();
  });
  show(0);
  if (consented(keep.read(), consent.version, Date.now())) begin();
}

/** The token of a link to go on with. It leaves the address bar at once, so that nobody copies it from there. */
function linkedToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("resume");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

start(JSON.parse(part("boot").textContent ?? "") as Boot);
