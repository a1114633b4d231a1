// The backend's HTTP interface as the chat page uses it. Every failure leaves here as a Problem.

import { eventParser, type ServerEvent } from "./sse.ts";
import type { Outgoing } from "./storage.ts";
import type { Citation, Conversation, Done, Failure, Transcript } from "./types.ts";

/** The stream carries a comment every 15 s; three missed ones mean that the line is dead. */
const SILENCE_MS = 45_000;

export class Problem extends Error {
  constructor(
    /** HTTP status; 0 when no reply came, 200 when the stream itself reported an error, -1 for a mistake of this page. */
    readonly status: number,
    readonly failure: Failure,
    readonly retryAfterMs: number | null = null,
  ) {
    super(failure.message);
  }
}

export interface Listener {
  saved(messageId: string): unknown;
  delta(text: string): unknown;
  citation(citation: Citation): unknown;
}

export interface Access {
  id: string;
  token: string;
}

export interface Ended {
  message?: string;
}

export class Api {
  /** `base` ends in `/api/v1/`; `offline` is the sentence for a request that got no reply. */
  constructor(
    private readonly base: string,
    readonly offline: string,
    private readonly language: string,
  ) {}

  async create(body: { site_key: string; client_id: string; consent: string; language: string }): Promise<Conversation> {
    return (await this.json("conversations", { method: "POST", body: JSON.stringify(body) })) as Conversation;
  }

  /** The conversation of a link that the patient opened. */
  async resume(body: { site_key: string; client_id: string; consent: string; token: string }): Promise<Conversation> {
    return (await this.json("conversations/resume", { method: "POST", body: JSON.stringify(body) })) as Conversation;
  }

  async resumeLink(access: Access, client_id: string): Promise<string> {
    const body = JSON.stringify({ client_id });
    const made = await this.json(`conversations/${access.id}/resume-link`, { method: "POST", body }, access);
    return (made as { url: string }).url;
  }

  /** Another token for a talk that goes on longer than its first. */
  async renew(access: Access, client_id: string): Promise<string> {
    const made = await this.json(`conversations/${access.id}/token`, { method: "POST", body: JSON.stringify({ client_id }) }, access);
    return (made as { token: string }).token;
  }

  async transcript(access: Access): Promise<Transcript> {
    return (await this.json(`conversations/${access.id}`, {}, access)) as Transcript;
  }

  async end(access: Access): Promise<Ended> {
    return (await this.json(`conversations/${access.id}`, { method: "DELETE" }, access)) as Ended;
  }

  /** Sends one message and reports the reply as it streams in; the whole of it when done. */
  async send(access: Access, entry: Outgoing, listener: Listener): Promise<Done> {
    const body = JSON.stringify({ client_id: entry.client_id, text: entry.text });
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const reply = await this.request(
        `conversations/${access.id}/messages`,
        { method: "POST", body, headers: { Accept: "text/event-stream" }, signal: silence.signal },
        access,
      );
      return await this.read(reply, listener, () => {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private async read(reply: Response, listener: Listener, alive: () => void): Promise<Done> {
    let result: Done | null = null;
    let problem: Problem | null = null;
    const parse = eventParser((event) => {
      if (event.event === "done") result = JSON.parse(event.data) as Done;
      else if (event.event === "error") problem = new Problem(200, failureIn(event.data, this.offline));
      else tell(listener, event);
    });
    const text = new TextDecoder();
    const reader = reply.body?.getReader();
    try {
      for (let part = await reader?.read(); part && !part.done && !problem; part = await reader?.read()) {
        alive();
        parse(text.decode(part.value, { stream: true }));
      }
    } catch {
      if (!result) throw this.unreachable();
    }
    if (problem) throw problem;
    if (!result) throw this.unreachable();
    return result;
  }

  private async json(path: string, request: RequestInit, access?: Access): Promise<unknown> {
    const reply = await this.request(path, request, access);
    try {
      const text = await reply.text();
      return text ? JSON.parse(text) : {};
    } catch {
      throw this.unreachable();
    }
  }

  private async request(path: string, request: RequestInit, access?: Access): Promise<Response> {
    const headers = new Headers(request.headers);
    if (request.body) headers.set("Content-Type", "application/json");
    headers.set("Accept-Language", this.language);
    if (access) headers.set("Authorization", `Bearer ${access.token}`);
    let reply: Response;
    try {
      reply = await fetch(this.base + path, { ...request, headers, credentials: "omit", cache: "no-store" });
    } catch {
      throw this.unreachable();
    }
    if (reply.ok) return reply;
    const body = await reply.text().catch(() => "");
    throw new Problem(reply.status, failureIn(body, this.offline), waitIn(reply.headers.get("Retry-After") ?? ""));
  }

  private unreachable(): Problem {
    return new Problem(0, { code: "offline", message: this.offline });
  }
}

function tell(listener: Listener, { event, data }: ServerEvent): void {
  const fields = JSON.parse(data) as Record<string, unknown>;
  if (event === "saved") listener.saved(String(fields.message_id));
  if (event === "delta") listener.delta(String(fields.text));
  if (event === "citation") listener.citation(fields as unknown as Citation);
}

/** Seconds or a date, as proxies write it, to milliseconds from now. */
function waitIn(header: string): number | null {
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return wait > 0 ? wait : null;
}

function failureIn(body: string, otherwise: string): Failure {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<Failure> };
    if (error?.message) return { code: "error", ...error, message: error.message };
  } catch {
    // A proxy's own page, not ours.
  }
  return { code: "error", message: otherwise };
}
