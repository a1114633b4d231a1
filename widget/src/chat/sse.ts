// Reads server-sent events out of a streamed POST reply (EventSource can only GET), in chunks cut anywhere.

export interface ServerEvent {
  event: string;
  data: string;
}

/** Returns a function to feed with text as it comes; `emit` is called for each complete event. Comments are dropped. */
export function eventParser(emit: (event: ServerEvent) => void): (chunk: string) => void {
  let rest = "";
  let event = "";
  let data: string[] = [];

  function line(text: string): void {
    if (text === "") {
      if (data.length) emit({ event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }

  return (chunk) => {
    rest += chunk;
    // A carriage return at the very end may be half of a line break: wait for what follows.
    for (let found = /\r\n|\n|\r(?!$)/.exec(rest); found; found = /\r\n|\n|\r(?!$)/.exec(rest)) {
      line(rest.slice(0, found.index));
      rest = rest.slice(found.index + found[0].length);
    }
  };
}
