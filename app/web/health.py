"""Is it alive, and can it work."""

from litestar import Response, get
from litestar.di import NamedDependency

from app.desk import Desk
from app.store.queries.health import readiness
from app.web.pool import Pool


@get("/healthz", sync_to_thread=False, operation_id="health", security=[{}])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", operation_id="readiness", security=[{}])
async def readyz(desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Response[dict[str, object]]:
    """Storage works and no notice waits too long; 503 otherwise. `index_ready` is false while the embedder loads:
    until then questions are answered by their words alone."""
    facts = await pool(readiness, desk.database, desk.clock())
    facts["index_ready"] = desk.index.ready
    return Response(facts, status_code=200 if facts["ready"] else 503)
