"""serve_forever: takes the data folder, starts the server, and (for trying) the sample clinics and their websites."""

import logging
import signal
import threading
import time

import click
import uvicorn
from litestar import Litestar

from app.asgi import create_app
from app.bootstrap import Running
from app.control.lock import DataDirLock
from app.demo_site import DemoSite
from app.errors import FrontdeskError, Misconfigured
from app.logs import configure_logging
from app.settings import Settings
from app.usecases.create_staff import first_owner

log = logging.getLogger("frontdesk")


def serve_forever(settings: Settings, *, demo: bool) -> None:
    """Until SIGINT or SIGTERM. Raises Misconfigured: another process owns the folder, a setting is wrong, or the
    samples are asked for in production."""
    if demo and settings.env == "production":
        raise Misconfigured("Sample clinics are refused with FRONTDESK_ENV=production.", "Run: frontdesk serve")
    configure_logging(settings)
    with DataDirLock(settings.data_dir):
        app = create_app(settings)
        site = DemoSite(settings) if demo else None
        threading.Thread(target=_announce, args=(app, settings, site), name="announce", daemon=True).start()
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=20,
            lifespan="on",
        )
        server = uvicorn.Server(config)
        for number in (signal.SIGINT, signal.SIGTERM):
            # uvicorn raises the signal once more after its shutdown; unanswered, it would end us before the clean-up
            signal.signal(number, lambda *_: None)
        try:
            server.run()
        finally:
            if site is not None:
                site.stop()
        if not server.started:
            raise startup_problem(app)


def _announce(app: Litestar, settings: Settings, site: DemoSite | None) -> None:
    """Says what a person at the terminal must know once; the sample clinics' addresses come last."""
    while "running" not in app.state:
        if "startup_problem" in app.state:
            return
        time.sleep(0.02)
    running: Running = app.state["running"]
    if running.new_key_file:
        click.echo(f"Made a master key: {running.new_key_file}  Keep a copy: without it the data cannot be read.")
    owner = first_owner(running.desk)
    if owner is not None:
        click.echo(f"First owner: {owner.email}  password: {owner.password}  It is shown this once.")
    if site is not None:
        site.open(running.desk)
    else:
        click.echo(f"Frontdesk serves {settings.url}")


def startup_problem(app: object) -> FrontdeskError:
    """Why the server did not start, as one clear line."""
    problem = getattr(app, "state", {}).get("startup_problem")
    if isinstance(problem, FrontdeskError):
        return problem
    return Misconfigured("The server could not start.", "Its log above says why.")
