"""serve_forever: takes the data folder, starts the server, and (for trying) the sample clinics and their websites."""

import logging
import threading

import uvicorn

from app.asgi import create_app
from app.control.lock import DataDirLock
from app.demo_site import DemoSite
from app.errors import FrontdeskError, Misconfigured
from app.logs import configure_logging
from app.settings import Settings

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
        if site is not None:
            threading.Thread(target=site.run, args=(app.state,), name="demo-site", daemon=True).start()
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
        try:
            server.run()
        finally:
            if site is not None:
                site.stop()
        if not server.started:
            raise startup_problem(app)


def startup_problem(app: object) -> FrontdeskError:
    """Why the server did not start, as one clear line."""
    problem = getattr(app, "state", {}).get("startup_problem")
    if isinstance(problem, FrontdeskError):
        return problem
    return Misconfigured("The server could not start.", "Its log above says why.")
