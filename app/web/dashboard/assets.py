"""The dashboard's style and script."""

from litestar import Response, get
from litestar.params import FromPath

from app.errors import NotFound
from app.web.dashboard.shell import FILES, asset


@get("/assets/{version:str}/{name:str}", sync_to_thread=False)
def serve_asset(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Kept for good under the address of its hash; an old address gets the newest file, kept by nobody."""
    if name not in FILES:
        raise NotFound(f"There is no file {name!r}.")
    content, newest = asset(name)
    keep = "public, max-age=31536000, immutable" if version == newest else "no-store"
    headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=FILES[name], headers=headers)
