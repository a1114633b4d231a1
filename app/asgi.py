"""create_app(settings): the only file that assembles Litestar; its lifespan opens the desk and starts the worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from app.bootstrap import Running, build
from app.desk import Desk
from app.errors import FrontdeskError
from app.settings import Settings
from app.web import errors, health
from app.web.pool import Pool
from app.web.staff_routes import http_error, staff_routes


def create_app(settings: Settings) -> Litestar:
    """The whole server. The caller holds the lock on the data folder."""
    return Litestar(
        route_handlers=[health.healthz, health.readyz, *staff_routes(settings)],
        lifespan=[lambda app: _lifespan(app, settings)],
        dependencies={"desk": Provide(_desk, sync_to_thread=False), "pool": Provide(_pool, sync_to_thread=False)},
        exception_handlers={
            FrontdeskError: errors.frontdesk_error,
            HTTPException: http_error,
            Exception: errors.unexpected,
        },
        request_max_body_size=32 * 1024,
        openapi_config=None,
    )


def _desk(state: State) -> Desk:
    running: Running = state["running"]
    return running.desk


def _pool(state: State) -> Pool:
    pool: Pool = state["pool"]
    return pool


@asynccontextmanager
async def _lifespan(app: Litestar, settings: Settings) -> AsyncIterator[None]:
    running, pool = build(settings), Pool()
    app.state["running"], app.state["pool"] = running, pool
    running.worker.start()
    try:
        yield
    finally:
        pool.close()
        running.close()
