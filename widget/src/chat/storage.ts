// What must outlive a reload, in the tab's session storage. Storage may be missing, full or forbidden (private windows,
// blocked third-party storage): then the same values live in memory and only history on reload is lost. Session storage
// and not local storage, because a shared family computer must not show one patient's words to the next.

export interface Outgoing {
  client_id: string;
  text: string;
  /** The backend's id for it, once it said "saved"; kept until the reply is here. */
  message_id: string | null;
  /** Why it can never be taken; kept until the patient has taken it back. */
  refused?: string;
}

export interface Kept {
  /** Consent that was given: its version and when (ms). Shown again after seven days. */
  consent: { version: string; at: number } | null;
  /** Reused until the backend has answered, so that a lost reply does not make a second conversation. */
  create_id: string | null;
  /** `since` (ms): when the token was made. */
  conversation: { id: string; token: string; since?: number } | null;
  outbox: Outgoing[];
}

const NOTHING: Kept = { consent: null, create_id: null, conversation: null, outbox: [] };
const CONSENT_LASTS_MS = 7 * 24 * 3600 * 1000;

export interface Keeper {
  read(): Kept;
  write(changes: Partial<Kept>): void;
  /** Whether the last write outlives this page. */
  lasting(): boolean;
}

export type Box = Pick<Storage, "getItem" | "setItem">;

/** `open` gets the storage; merely touching `window.sessionStorage` may throw. */
export function keeper(siteKey: string, open: () => Box): Keeper {
  const name = `frontdesk:${siteKey}`;
  let kept = load(name, open);
  let lasting = true;
  return {
    read: () => kept,
    lasting: () => lasting,
    write(changes) {
      kept = { ...kept, ...changes };
      try {
        open().setItem(name, JSON.stringify(kept));
        lasting = true;
      } catch {
        lasting = false; // Memory is all there is: the chat goes on.
      }
    },
  };
}

function load(name: string, open: () => Box): Kept {
  try {
    const stored: unknown = JSON.parse(open().getItem(name) ?? "null");
    return typeof stored === "object" && stored ? { ...NOTHING, ...stored } : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Whether consent to this text was given and is fresh enough not to ask again. */
export function consented(kept: Kept, version: string, now: number): boolean {
  return !!kept.consent && kept.consent.version === version && now - kept.consent.at < CONSENT_LASTS_MS;
}

/** 128 random bits. Not `crypto.randomUUID`: it is missing on plain-http pages of a local network. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
