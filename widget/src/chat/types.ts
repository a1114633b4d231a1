// What crosses the border between the chat page and the backend: the page's boot block and the HTTP replies.

export interface Boot {
  clinic: { name: string; phone: string | null; site_key: string; languages: string[] };
  consent: { version: string; text: string };
  disclosure: string;
  language: string;
  /** Origins that may embed this page: the only ones that are listened and spoken to. */
  origins: string[];
  /** What the first screen says, when the backend has its own words for it. */
  greeting?: string | null;
  suggestions?: string[] | null;
  strings: Strings;
}

export type Strings = Record<string, string | string[]>;

export interface Citation {
  document: string;
  page: number | null;
  heading: string | null;
  quote: string;
  effective: string | null;
}

export interface Answer {
  kind: string;
  question: string;
  text: string;
  citations: Citation[];
}

export interface ActionState {
  name: string;
  status: "collecting" | "confirming" | "completed" | "cancelled";
  asking: string | null;
}

export interface Conversation {
  conversation_id: string;
  token: string;
  greeting: string;
  suggestions: string[];
}

export interface Done {
  message_id: string;
  reply: string;
  answers: Answer[];
  action: ActionState | null;
  reference: string | null;
  emergency: boolean;
  handoff: boolean;
}

export interface Transcript {
  messages: TranscriptMessage[];
  action?: ActionState | null;
}

export interface TranscriptMessage {
  id: string;
  author: "patient" | "desk" | "staff";
  text: string;
  at?: string;
  answers?: Answer[];
  emergency?: boolean;
  handoff?: boolean;
  reference?: string | null;
}

export interface Failure {
  code: string;
  message: string;
  remedy?: string;
}
