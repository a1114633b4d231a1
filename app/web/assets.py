"""Static files: addresses that change with the content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from litestar import Response, Router, get
from litestar.params import FromPath

from app.errors import NotFound

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "cross-origin"}


@cache
def asset_url(name: str) -> str:
    """`/static/NAME?v=HASH` for a file in app/web/static."""
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@cache
def _content(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@get("/embed.js", sync_to_thread=False, include_in_schema=False)
def embed() -> Response[bytes]:
    """The loader. Its address stands in clinics' websites and never changes, so browsers ask again after 5 minutes."""
    return Response(
        _content("embed.js"), media_type=TYPES[".js"], headers={**HEADERS, "Cache-Control": "public, max-age=300"}
    )


@get("/static/{name:str}", sync_to_thread=False, include_in_schema=False)
def static(name: FromPath[str]) -> Response[bytes]:
    """A file of app/web/static, by its bare name."""
    path = STATIC / name
    if path.suffix not in TYPES or path.name != name or not path.is_file():
        raise NotFound(f"There is no file {name!r}.")
    return Response(_content(name), media_type=TYPES[path.suffix], headers={**HEADERS, "Cache-Control": FOREVER})


router = Router(path="/", route_handlers=[embed, static])
