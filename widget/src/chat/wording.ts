// The page's words, which come with it in the visitor's language, and how this language writes dates and phones.

import type { Strings } from "./types.ts";

export class Wording {
  constructor(
    private readonly strings: Strings,
    readonly language: string,
    private readonly always: Record<string, string>,
  ) {}

  /** The text called `key` with `{name}` filled in. A missing text shows its key rather than breaking the chat. */
  text(key: string, values: Record<string, string> = {}): string {
    const found = this.strings[key];
    const all = { ...this.always, ...values };
    return (typeof found === "string" ? found : key).replace(/\{(\w+)\}/g, (whole, name: string) => all[name] ?? whole);
  }

  list(key: string): string[] {
    const found = this.strings[key];
    return Array.isArray(found) ? found : [];
  }

  /** A calendar day (`2026-03-01`) in words; as it is, when it is no date. */
  day(iso: string): string {
    const date = new Date(`${iso}T00:00:00Z`);
    if (isNaN(date.getTime())) return iso;
    return new Intl.DateTimeFormat(this.language, { dateStyle: "long", timeZone: "UTC" }).format(date);
  }
}

/** `+15555550142` as people read it; anything else as it is. */
export function readablePhone(phone: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  return parts ? `(${parts[1]}) ${parts[2]}-${parts[3]}` : phone;
}

export function phoneHref(phone: string): string {
  return `tel:${phone.replace(/[^\d+*#]/g, "")}`;
}
