// The papers page, made livelier: files go up one by one with their progress, and the list follows the reading.
// Without this script the form posts and the page shows the same after a reload.
"use strict";
(() => {
  const list = () => document.getElementById("papers");
  if (!list()) return;
  const spoken = document.getElementById("spoken");
  const UNDER_WAY = ["queued", "reading"];
  let timer = 0;

  const rows = (root) => [...root.querySelectorAll("[data-status]")];
  const waiting = () => rows(list()).some((row) => UNDER_WAY.includes(row.dataset.status));

  function tell(before, after) {
    const said = [];
    for (const row of after) {
      const old = before.get(row.id);
      if (old && old !== row.dataset.status && !UNDER_WAY.includes(row.dataset.status)) {
        said.push(`${row.dataset.name}: ${row.dataset.said}.`);
      }
    }
    if (said.length) spoken.textContent = said.join(" ");
  }

  // Only rows that changed are replaced, and never one in which somebody is about to do something.
  function merge(fresh) {
    const before = new Map(rows(list()).map((row) => [row.id, row.dataset.status]));
    const after = rows(fresh);
    tell(before, after);
    const same = before.size === after.length && after.every((row) => before.has(row.id));
    const busy = (node) => node.contains(document.activeElement) || node.querySelector(".delete[open]");
    if (!same) {
      if (!busy(list())) list().replaceWith(fresh);
      return;
    }
    for (const row of after) {
      const old = document.getElementById(row.id);
      if (old.outerHTML !== row.outerHTML && !busy(old)) old.replaceWith(row);
    }
  }

  async function refresh() {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        const answer = await fetch(list().dataset.list, { credentials: "same-origin", redirect: "error" });
        if (answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById("papers");
          if (fresh) merge(document.adoptNode(fresh));
        }
      } catch {
        // offline or signed out: the next look, or a reload, tells
      }
    }
    if (waiting()) timer = setTimeout(refresh, 1500);
  }

  function send(form, file, line) {
    return new Promise((resolve) => {
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("effective_from", form.elements.effective_from.value);
      data.append("files", file, file.name);
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.setAttribute("aria-label", `Uploading ${file.name}`);
      line.append(file.name, bar);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.responseType = "document";
      request.upload.onprogress = (step) => {
        if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
      };
      request.onloadend = () => {
        bar.remove();
        if (request.status === 200) {
          line.remove();
          return resolve(true);
        }
        const page = request.response;
        const why = page && (page.querySelector(".alert") || page.querySelector("main .card p"));
        line.className = "bad";
        line.textContent = why ? why.textContent.trim() : `${file.name} could not be uploaded. Please try again.`;
        if (!line.textContent.includes(file.name)) line.prepend(`${file.name}: `);
        spoken.textContent = line.textContent;
        return resolve(false);
      };
      request.send(data);
    });
  }

  const form = document.getElementById("upload");
  if (form) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const files = [...form.elements.files.files];
      const lines = form.querySelector(".sending");
      const button = form.querySelector("button");
      lines.replaceChildren();
      lines.hidden = false;
      button.disabled = true;
      let sent = 0;
      for (const file of files) {
        const line = document.createElement("li");
        lines.append(line);
        if (await send(form, file, line)) sent += 1;
        await refresh();
      }
      button.disabled = false;
      form.elements.files.value = "";
      lines.hidden = lines.children.length === 0;
      if (sent === files.length) spoken.textContent = `${sent} uploaded.`;
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && waiting()) refresh();
  });
  if (waiting()) timer = setTimeout(refresh, 1500);
})();
