// Takes the patient's words to the backend, one at a time and in order, and does not let go of any before it has been
// answered: the same client id is sent again after a lost line or a reload, so that nothing is lost or stored twice.

import { Problem, type Access, type Api, type Listener } from "./api.ts";
import type { Event } from "./state.ts";
import { newId, type Keeper, type Outgoing } from "./storage.ts";

const FIRST_WAIT_MS = 1_500;
const LONGEST_WAIT_MS = 30_000;
/** A token lasts a day; one that is older than this is exchanged before it ends in the middle of a talk. */
const RENEW_AFTER_MS = 12 * 3600 * 1000;
/** Browsers run a longer timer at once. */
const LONGEST_TIMER_MS = 3600 * 1000;
/** How often a "still being worked on" (409) is asked again before the patient is told. */
const PATIENCE = 20;

export class Sender {
  private running = false;
  private failures = 0;
  private needsTranscript = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Before that (ms) the backend asked us not to try. */
  private notBefore = 0;
  /** Client ids that were sent before: their reply may already stand in the transcript. */
  private readonly again = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly keep: Keeper,
    private readonly tell: (event: Event) => void,
    private readonly site: { site_key: string; consent: string; language: string },
  ) {}

  say(text: string): void {
    const entry = { client_id: newId(), text, message_id: null };
    this.keep.write({ outbox: [...this.keep.read().outbox, entry] });
    this.tell({ type: "queued", entry });
    void this.flush();
  }

  /** The patient opened a link: its conversation takes the place of this tab's. Throws Problem when it has ended. */
  async take(token: string): Promise<void> {
    const { site_key, consent } = this.site;
    const made = await this.api.resume({ site_key, consent, token, client_id: newId() });
    this.keep.write({ conversation: { id: made.conversation_id, token: made.token, since: Date.now() }, create_id: null });
    await this.resume();
  }

  /** The address with which the patient goes on elsewhere. Throws Problem. */
  async link(): Promise<string> {
    const client_id = newId();
    return this.opened((access) => this.api.resumeLink(access, client_id));
  }

  /** After a reload: the transcript comes back, then what was on its way goes out again. */
  async resume(): Promise<void> {
    const { outbox } = this.keep.read();
    for (const each of outbox) this.again.add(each.client_id);
    this.tell({ type: "restored", transcript: { messages: [] }, outbox });
    this.needsTranscript = true;
    await this.flush();
  }

  /** Tries now what waits to be tried: "Try again", or the network is back. */
  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    try {
      if (this.needsTranscript) await this.restore();
      for (let next = this.next(); next; next = this.next()) await this.deliver(next);
      this.failures = 0;
    } catch (reason) {
      this.later(this.asProblem(reason));
    } finally {
      this.running = false;
    }
  }

  /** The network or the page is back: try, unless the backend asked for patience. */
  nudge(): void {
    if (this.next() && Date.now() >= this.notBefore) void this.flush();
  }

  /** Whether closing the page now would lose words. */
  wouldLose(): boolean {
    return !!this.next() && !this.keep.lasting();
  }

  /** Ends the conversation at the backend; returns the backend's word on it, if any. Throws Problem. */
  async end(): Promise<string | null> {
    const { conversation } = this.keep.read();
    let said: string | null = null;
    if (conversation) {
      try {
        said = (await this.opened((access) => this.api.end(access))).message ?? null;
      } catch (reason) {
        if (!isGone(reason)) throw reason;
      }
    }
    clearTimeout(this.timer);
    this.keep.write({ conversation: null, create_id: null, outbox: [] });
    return said;
  }

  /** A message that was refused goes back into the patient's hands. */
  withdraw(key: string): void {
    this.remove(key);
    this.tell({ type: "withdrawn", key });
  }

  private async restore(): Promise<void> {
    const { conversation } = this.keep.read();
    this.needsTranscript = !!conversation;
    if (!conversation) return;
    try {
      const transcript = await this.opened((access) => this.api.transcript(access));
      this.needsTranscript = false;
      this.tell({ type: "restored", transcript, outbox: this.keep.read().outbox });
    } catch (reason) {
      if (!isGone(reason)) throw reason;
      this.forget();
    }
  }

  private async deliver(entry: Outgoing): Promise<void> {
    this.tell({ type: "sending" });
    try {
      await this.exchange(entry, 0);
    } catch (reason) {
      const problem = this.asProblem(reason);
      if (!isRefusal(problem)) {
        this.again.add(entry.client_id);
        throw problem;
      }
      this.mark(entry.client_id, { refused: problem.failure.message });
      this.tell({ type: "refused", client_id: entry.client_id, problem: problem.failure });
    }
  }

  private async exchange(entry: Outgoing, tries: number): Promise<void> {
    const { client_id } = entry;
    try {
      const done = await this.opened((access) => this.api.send(access, entry, this.listener(client_id)));
      if (!this.holds(client_id)) return;
      this.saved(client_id, this.keep.read().outbox.find((each) => each.client_id === client_id)?.message_id ?? client_id);
      this.remove(client_id);
      this.tell({ type: "done", done });
      if (this.again.delete(client_id)) await this.restore();
    } catch (reason) {
      // The patient deleted the chat meanwhile: its words go nowhere any more.
      if (!this.holds(client_id)) return;
      if (isGone(reason) && tries === 0) this.forget();
      else if (this.asProblem(reason).status === 409 && tries < PATIENCE) await pause(FIRST_WAIT_MS);
      else throw reason;
      if (this.holds(client_id)) await this.exchange(entry, tries + 1);
    }
  }

  /** What the stream says of a message, as long as the patient has not deleted it. */
  private listener(client_id: string): Listener {
    return {
      saved: (message_id) => this.holds(client_id) && this.saved(client_id, message_id),
      delta: (text) => this.holds(client_id) && this.tell({ type: "delta", text }),
      citation: (citation) => this.holds(client_id) && this.tell({ type: "citation", citation }),
    };
  }

  /** Does something with the conversation, which is made if there is none; a token that is old is exchanged first. */
  private async opened<T>(use: (access: Access) => Promise<T>): Promise<T> {
    const kept = this.keep.read().conversation;
    const old = !!kept && Date.now() - (kept.since ?? Date.now()) > RENEW_AFTER_MS;
    const access = kept ?? (await this.create());
    try {
      return await use(old ? await this.renew(access) : access);
    } catch (reason) {
      if (!isExpired(reason)) throw reason;
      return use(await this.renew(access));
    }
  }

  private async renew(access: Access): Promise<Access> {
    const conversation = { id: access.id, token: await this.api.renew(access, newId()), since: Date.now() };
    this.keep.write({ conversation });
    return conversation;
  }

  private async create(): Promise<Access> {
    const client_id = this.keep.read().create_id ?? newId();
    this.keep.write({ create_id: client_id });
    const made = await this.api.create({ ...this.site, client_id });
    const conversation = { id: made.conversation_id, token: made.token, since: Date.now() };
    this.keep.write({ conversation, create_id: null });
    this.tell({ type: "created", greeting: made.greeting, suggestions: made.suggestions });
    return conversation;
  }

  private saved(clientId: string, messageId: string): void {
    this.mark(clientId, { message_id: messageId });
    this.tell({ type: "saved", client_id: clientId, message_id: messageId });
  }

  /** The oldest message that waits to be sent. */
  private next(): Outgoing | undefined {
    return this.keep.read().outbox.find((each) => !each.refused);
  }

  private holds(clientId: string): boolean {
    return this.keep.read().outbox.some((each) => each.client_id === clientId);
  }

  private mark(clientId: string, changes: Partial<Outgoing>): void {
    this.keep.write({ outbox: this.keep.read().outbox.map((e) => (e.client_id === clientId ? { ...e, ...changes } : e)) });
  }

  private remove(clientId: string): void {
    this.keep.write({ outbox: this.keep.read().outbox.filter((each) => each.client_id !== clientId) });
  }

  /** The conversation is over at the backend (expired, deleted): what is unsent starts a new one. */
  private forget(): void {
    const outbox = this.keep.read().outbox.map((each) => ({ ...each, message_id: null }));
    this.needsTranscript = false;
    this.keep.write({ conversation: null, create_id: null, outbox });
  }

  /** A mistake of this page must not leave the patient with dots that never end. */
  private asProblem(reason: unknown): Problem {
    if (reason instanceof Problem) return reason;
    return new Problem(-1, { code: "unexpected", message: this.api.offline });
  }

  private later(problem: Problem): void {
    this.tell({ type: "failed", problem: problem.failure });
    if (problem.status < 0) return; // A mistake of this page would only be made again; "Try again" stays.
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    // After a restart or a busy minute, not everybody at the same second.
    const asked = (problem.retryAfterMs ?? 0) * (1 + Math.random() / 5);
    this.notBefore = Date.now() + asked;
    this.timer = setTimeout(() => void this.flush(), Math.min(LONGEST_TIMER_MS, Math.max(wait, asked)));
  }
}

function isGone(reason: unknown): boolean {
  return reason instanceof Problem && (reason.status === 401 || reason.status === 404);
}

function isExpired(reason: unknown): boolean {
  return reason instanceof Problem && reason.status === 401 && reason.failure.code === "token_expired";
}

/** Trying the same words again cannot help. */
function isRefusal({ status }: Problem): boolean {
  return status >= 400 && status < 500 && ![401, 404, 408, 409, 425, 429].includes(status);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
