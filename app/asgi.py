"""create_app(settings): the only file that assembles Litestar; its lifespan opens the desk and starts its work."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from app.bootstrap import Running, build
from app.control.server import ControlServer
from app.desk import Desk
from app.errors import FrontdeskError
from app.settings import Settings
from app.store.queries.clinics import all_clinics
from app.web import assets, chat_page, errors, health, metrics, pages, visitors, widget_api
from app.web.last_known import LastKnown
from app.web.openapi import close_schema, described, openapi_config
from app.web.pool import Pool
from app.web.rate import Kind, Limit, RateLimiter, parse_limits
from app.web.staff_routes import http_error, staff_routes

BODY_LIMIT = 32 * 1024


def create_app(settings: Settings, running: Running | None = None) -> Litestar:
    """The whole server, on a desk that is open already or is opened at start. The caller holds the folder's lock."""
    limits = parse_limits(settings.rate_limits)
    return Litestar(
        route_handlers=[
            health.healthz,
            health.readyz,
            metrics.metrics,
            assets.router,
            chat_page.router,
            widget_api.router,
            *staff_routes(settings),
        ],
        lifespan=[lambda app: _lifespan(app, settings, running, limits)],
        dependencies={
            "desk": Provide(_desk, sync_to_thread=False),
            "pool": Provide(_pool, sync_to_thread=False),
        },
        exception_handlers={
            FrontdeskError: errors.frontdesk_error,
            HTTPException: http_error,
            RecursionError: errors.unreadable,
            UnicodeDecodeError: errors.unreadable,
            Exception: errors.unexpected,
        },
        before_send=[pages.add_headers, visitors.add_cors],
        request_max_body_size=BODY_LIMIT,
        openapi_config=openapi_config(),
        logging_config=None,
        on_app_init=[close_schema] if settings.env == "production" else [],
    )


def _desk(state: State) -> Desk:
    running: Running = state["running"]
    return running.desk


def _pool(state: State) -> Pool:
    pool: Pool = state["pool"]
    return pool


@asynccontextmanager
async def _lifespan(
    app: Litestar, settings: Settings, opened: Running | None, limits: Mapping[Kind, Limit]
) -> AsyncIterator[None]:
    running = opened or build(settings)
    pool, limiter = Pool(running.rush.request), RateLimiter(limits, running.open_buckets())
    control = ControlServer(settings.data_dir, partial(_command, running.desk))
    app.state["pool"], app.state["running"], app.state["limiter"] = pool, running, limiter
    app.state["last_known"] = LastKnown(all_clinics(running.desk.database))
    running.start()
    control.start()
    try:
        yield
    finally:
        control.stop()
        pool.close()
        limiter.close()
        running.close()


def _command(desk: Desk, command: str, given: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> Any:
    from app.control.commands import run  # most servers never get a command

    return run(desk, command, given, report)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, without a data folder."""
    app = create_app(Settings(env="test"))
    return described(app.openapi_schema.to_schema())
