"""Is it alive, and can it work."""

from litestar import Response, get
from litestar.di import NamedDependency

from app.desk import Desk
from app.store.queries.health import readiness
from app.web.pool import Pool


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz")
async def readyz(desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Response[dict[str, object]]:
    """Storage works and no notice waits too long; 503 otherwise."""
    facts = await pool(readiness, desk.database, desk.clock())
    return Response(facts, status_code=200 if facts["ready"] else 503)
