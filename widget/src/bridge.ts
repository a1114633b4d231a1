// The few words that the website's page and the chat page say to each other. They carry no text of the conversation.

/** From the website's page: the panel was shown or hidden. */
export type ToChat = { frontdesk: "open" | "closed" };

/** From the chat page: please hide me; this many replies have not been seen (also the answer to "open"). */
export type ToPage = { frontdesk: "close" } | { frontdesk: "unread"; count: number };

export function isToChat(data: unknown): data is ToChat {
  const word = wordOf(data);
  return word === "open" || word === "closed";
}

export function isToPage(data: unknown): data is ToPage {
  const word = wordOf(data);
  return word === "close" || (word === "unread" && Number.isInteger((data as { count?: unknown }).count));
}

function wordOf(data: unknown): unknown {
  return typeof data === "object" && data !== null ? (data as { frontdesk?: unknown }).frontdesk : undefined;
}
