"""Figures for a monitoring system, read from the rows at each scrape: counters survive a restart."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from litestar import Response, get
from litestar.di import NamedDependency

from app.desk import Desk
from app.web.pool import Pool


@contextmanager
def timed_turn() -> Iterator[None]:
    """Counts a turn and its seconds."""
    began = time.perf_counter()
    yield
    from app.web.figures import turn_seconds

    turn_seconds.observe(time.perf_counter() - began)


@get("/metrics", include_in_schema=False)
async def metrics(desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Response[bytes]:
    """In the Prometheus text format. Keep it from the public with the reverse proxy (docs/install.md)."""
    from app.web.figures import CONTENT_TYPE_LATEST, scrape

    return Response(await pool(scrape, desk), headers={"Content-Type": CONTENT_TYPE_LATEST})
