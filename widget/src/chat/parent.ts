// The chat page's side of the talk with the website that shows it. Only that window, only from an origin that the clinic
// allows, is heard; only it is answered.

import { isToChat, type ToPage } from "../bridge.ts";

export interface Parent {
  close(): void;
  unread(count: number): void;
}

export function isEmbedded(): boolean {
  return window.parent !== window;
}

/** Calls `shown` when the website opens or closes the panel. */
export function listenToParent(origins: string[], shown: (visible: boolean) => void): Parent {
  let origin: string | null = null;
  let unread = 0;
  const tell = (word: ToPage): void => {
    if (origin) window.parent.postMessage(word, origin);
  };
  window.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || !origins.includes(event.origin) || !isToChat(event.data)) return;
    origin = event.origin;
    shown(event.data.frontdesk === "open");
    tell({ frontdesk: "unread", count: unread });
  });
  return {
    close: () => tell({ frontdesk: "close" }),
    unread(count) {
      if (count === unread) return;
      unread = count;
      tell({ frontdesk: "unread", count });
    },
  };
}
