"""A clinic's own website, on another site than the backend: the pages that a script tag has to live in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLAIN = """<!doctype html>
<html lang="LANGUAGE"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Willow Physical Therapy</title><link rel="icon" href="data:,">TAG
<style>body{margin:0;font:18px/1.6 Georgia,serif;color:#2a2a2a}header{padding:18px 6vw;background:#f3efe6}
main{max-width:44rem;padding:24px 6vw}h1{font-size:2rem;line-height:1.2}</style></head>
<body><header><a href="#top">Willow Physical Therapy</a></header><main id="top"><h1>Back on your feet</h1>
<p>We treat backs, knees and shoulders on Alder Street.</p><p>Ask us anything, day or night.</p></main></body></html>
"""

# Each rule and each line below stands on some real website: page builders, cookie banners, a library of 2007.
HOSTILE_CSS = """
*, *::before, *::after { all: unset !important; }
html body * { box-sizing: content-box !important; font: 9px/1 monospace !important; }
frontdesk-chat, body > :last-child { display: none !important; opacity: 0 !important; pointer-events: none !important; }
button, iframe, div { width: 3px !important; height: 3px !important; z-index: -1 !important; color: red !important; }
#banner { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; display: block !important;
  background: #eee !important; }
"""
HOSTILE_JS = """
Array.prototype.toJSON = function () { return "[]"; };
Array.prototype.each = Array.prototype.map = function () { return this; };
Object.prototype.extend = function () { return this; };
String.prototype.trim = function () { return "nothing"; };
window.JSON = { parse: function () { return {}; }, stringify: function () { return "{}"; } };
window.fetch = function () { throw new Error("this site has its own fetch"); };
window.open = window.name = window.status = window.event = null;
window.heard = [];
window.addEventListener("message", function (event) { window.heard.push(event.data); window.speaker = event.source; });
"""
# Tells in its title what a page of this site may keep when another site frames it.
PROBE = """<!doctype html><title>probe</title><script>
let kept = {};
try { kept.storage = sessionStorage.getItem("x") || "new"; sessionStorage.setItem("x", "kept"); }
catch (problem) { kept.storage = problem.name; }
document.cookie = "x=1; SameSite=None; Secure";
kept.cookie = document.cookie;
document.title = JSON.stringify(kept);
</script>"""
HOSTILE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hostile</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/hostile.css"><script src="/hostile.js"></script>TAG</head>
<body><div id="banner"><h1>Our page builder owns everything</h1></div></body></html>
"""


class Website:
    """Serves `/` (plain), `/es`, `/without` (no tag), `/hostile` and `/strict` (a policy that lets only the backend's
    script and frame in) from http://localhost:PORT. `/probe` frames a page of http://127.0.0.1:PORT, another site."""

    def __init__(self) -> None:
        self.tag = self.backend = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def embed(self, backend: str, site_key: str) -> None:
        """Puts the tag that a clinic gets into every page's head."""
        self.backend = backend
        self.tag = f'<script async src="{backend}/embed.js" data-clinic="{site_key}"></script>'

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str) -> tuple[str, str, str] | None:
        """(body, media type, policy) of an address, or None."""
        only_backend = f"default-src 'none'; script-src {self.backend}; frame-src {self.backend}"
        plain = PLAIN.replace("LANGUAGE", "en")
        pages = {
            "/": (plain.replace("TAG", self.tag), "text/html", ""),
            "/es": (PLAIN.replace("LANGUAGE", "es").replace("TAG", self.tag), "text/html", ""),
            "/without": (plain.replace("TAG", ""), "text/html", ""),
            "/strict": (plain.replace("TAG", self.tag), "text/html", only_backend),
            "/hostile": (HOSTILE.replace("TAG", self.tag), "text/html", ""),
            "/probe": (f'<iframe src="http://127.0.0.1:{self.port}/kept"></iframe>', "text/html", ""),
            "/kept": (PROBE, "text/html", ""),
            "/hostile.css": (HOSTILE_CSS, "text/css", ""),
            "/hostile.js": (HOSTILE_JS, "text/javascript", ""),
        }
        return pages.get(path)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = site.page(self.path.partition("?")[0])
                body, kind, policy = found or ("There is nothing here.", "text/plain", "")
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body.encode())))
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


@contextmanager
def website() -> Iterator[Website]:
    """A website for as long as it is needed."""
    site = Website()
    try:
        yield site
    finally:
        site.close()
