"""The demo website: the sample clinics' own sites, served from another site than the backend, as in the field."""

import logging
import shlex
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import yaml

from app.control.commands.demo import REMEMBERED, SAMPLES, demo
from app.desk import Desk
from app.errors import FrontdeskError, Misconfigured
from app.settings import Settings
from app.store.queries.clinics import all_clinics

log = logging.getLogger("frontdesk.demo")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class DemoSite:
    """`open` plants the samples into an empty install, serves their websites, and prints where everything is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._facts: list[dict[str, Any]] = []
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", settings.demo_site_port), self._handler())
        except OSError as problem:
            raise Misconfigured(
                f"The demo website cannot use port {settings.demo_site_port}: {problem.strerror}.",
                "Free it, or choose another FRONTDESK_DEMO_SITE_PORT.",
            ) from None

    def open(self, desk: Desk) -> None:
        """Plants what is missing, serves the websites, and prints the addresses and sign-ins."""
        threading.Thread(target=self._server.serve_forever, name="demo-website", daemon=True).start()
        try:
            if not all_clinics(desk.database) or (self._settings.data_dir / REMEMBERED).exists():
                click.echo("Getting the sample clinics ready ...")
                self._facts = demo(desk, {}, lambda _: None)["clinics"]
        except FrontdeskError as problem:
            click.echo(f"frontdesk: {problem.message}", err=True)
        click.echo("\n".join(self._where()))

    def stop(self) -> None:
        """Closes the websites."""
        self._server.shutdown()
        self._server.server_close()

    def _where(self) -> list[str]:
        site = f"http://localhost:{self._settings.demo_site_port}"
        lines = ["", f"Backend     {self._settings.url}", f"Dashboard   {self._settings.url}/dashboard"]
        for clinic in self._facts:
            lines.append(f"Website     {site}/{clinic['key']}/   ({clinic['name']})")
        for clinic in self._facts:
            lines += [
                f"Sign-in     {p['email']}   {p['password']}   ({p['role']}, {clinic['name']})" for p in clinic["staff"]
            ]
        return [*lines, *self._codes(), "", "Frontdesk is ready. Stop it with Ctrl-C."]

    def _codes(self) -> list[str]:
        """How to get in as somebody whose second factor no app knows."""
        """Managers need a code; who only tries the samples has no app that knows their keys."""
        people = [p["email"] for clinic in self._facts for p in clinic["staff"] if p["totp_secret"]]
        if not people:
            return []
        beside = Path(sys.executable).with_name("frontdesk")
        program = shlex.quote(str(beside)) if beside.exists() else "frontdesk"
        folder = shlex.quote(str(self._settings.data_dir.resolve()))
        return [
            "            Managers are asked for a code besides the password. In another terminal, this prints it:",
            *(f"            FRONTDESK_DATA_DIR={folder} {program} staff code --email {email}" for email in people),
        ]

    def page(self, path: str) -> tuple[bytes, str] | None:
        """(content, media type) of an address on the demo website, or None."""
        parts = [part for part in urlsplit(path).path.split("/") if part]
        if not parts:
            return self._front().encode(), TYPES[".html"]
        clinic = next((clinic for clinic in self._facts if clinic["key"] == parts[0]), None)
        if clinic is None or len(parts) > 2:
            return None
        return self._file(clinic, parts[1] if len(parts) == 2 else "index.html")

    def _front(self) -> str:
        links = "".join(f'<li><a href="/{clinic["key"]}/">{clinic["name"]}</a></li>' for clinic in self._facts)
        title = "<title>Sample clinics</title><h1>Sample clinics</h1>"
        return f'<!doctype html><html lang="en"><meta charset="utf-8">{title}<ul>{links}</ul>'

    def _file(self, clinic: dict[str, Any], name: str) -> tuple[bytes, str] | None:
        sheet = yaml.safe_load((SAMPLES / clinic["key"] / "clinic.yaml").read_text(encoding="utf-8"))
        path = SAMPLES / "website" / sheet["website"] / Path(name).name
        if path.suffix not in TYPES or not path.is_file():
            return None
        text = path.read_text(encoding="utf-8")
        words = {
            "clinic_name": clinic["name"].replace("&", "&amp;"),
            "site_key": clinic["site_key"],
            "backend_url": self._settings.url,
        }
        for word, value in words.items():
            text = text.replace(f"{{{{ {word} }}}}", value)
        return text.encode(), TYPES[path.suffix]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = site.page(self.path)
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", found[1] if found else "text/plain")
                self.end_headers()
                self.wfile.write(found[0] if found else b"There is nothing at this address.")

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
