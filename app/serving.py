"""serve_forever: takes the data folder, starts the server, and (for trying) the sample clinics and their websites."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import uvicorn
from litestar import Litestar

from app.asgi import create_app
from app.bootstrap import Running, build
from app.collecting import nothing_collected
from app.control.call import refuse_early
from app.control.lock import DataDirLock
from app.errors import Misconfigured
from app.http_server import HttpServer
from app.logs import configure_logging
from app.settings import Settings
from app.store.queries.people import has_owner

if TYPE_CHECKING:
    from app.demo_site import DemoSite


def serve_forever(settings: Settings, *, demo: bool) -> None:
    """Until SIGINT or SIGTERM. Raises Misconfigured: another process owns the folder, a setting is wrong, or the
    samples are asked for in production."""
    if demo and settings.env == "production":
        raise Misconfigured("Sample clinics are refused with FRONTDESK_ENV=production.", "Run: frontdesk serve")
    configure_logging(settings)
    refuse_early(settings)
    with DataDirLock(settings.data_dir), _listening(settings) as listener, _site(settings, demo) as site:
        with nothing_collected():
            running = build(settings)
            app = create_app(settings, running)
        announcing = threading.Thread(target=_announce, args=(running, settings, site), name="announce", daemon=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal once more after its shutdown; unanswered, it would end us before the clean-up
            signal.signal(number, lambda *_: None)
        announcing.start()
        _server(app, running).run(sockets=[listener])


def _server(app: Litestar, running: Running) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=20,
        timeout_keep_alive=75,  # longer than proxies keep theirs (60 s): who closes first must not cut off a request
        lifespan="on",
    )
    return HttpServer(config, running.desk.guests)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The port, taken before anything else is opened, so that a taken one is one clear line."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as problem:
            raise Misconfigured(
                f"Frontdesk cannot listen on {settings.host}:{settings.port}: {problem.strerror}.",
                "Stop what uses it, or choose another FRONTDESK_PORT.",
            ) from None
        yield listener


@contextmanager
def _site(settings: Settings, demo: bool) -> Iterator["DemoSite | None"]:
    if not demo:
        yield None
        return
    from app.demo_site import DemoSite  # a clinic's own server starts without the samples' code

    site = DemoSite(settings)
    try:
        yield site
    finally:
        site.stop()


def _announce(running: Running, settings: Settings, site: "DemoSite | None") -> None:
    """Says what a person at the terminal must know once; the sample clinics' addresses come last."""
    if running.new_key_file:
        click.echo(f"Made a master key: {running.new_key_file}  Keep a copy: without it the data cannot be read.")
    if site is not None:
        site.open(running.desk)
        return
    if not has_owner(running.desk.database):
        click.echo("Nobody owns this install yet. To get a link under which you make your account, run here:")
        click.echo("  frontdesk staff create --role owner --email YOU@EXAMPLE.ORG --invite")
    click.echo(f"Frontdesk serves {settings.url}")
