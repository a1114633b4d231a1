"""A turn as server-sent events: it runs on a pool thread to its end, whether or not the visitor still listens."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

from app.errors import FrontdeskError, Unavailable, describe
from app.web.errors import log
from app.web.pool import Pool

KEEP_ALIVE_S = 15.0
Event = tuple[str, dict[str, Any]]


def _encode(event: Event) -> bytes:
    kind, data = event
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False, default=_plain)}\n\n".encode()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot send {type(value).__name__}")


async def events(
    pool: Pool, turn: Callable[[Callable[[str, dict[str, Any]], None]], dict[str, Any]]
) -> AsyncIterator[bytes]:
    """Runs `turn(emit)` and yields what it emits, then `done` or `error`."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def emit(kind: str, data: dict[str, Any]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, (kind, data))

    def run() -> None:
        try:
            emit("done", turn(emit))
        except FrontdeskError as error:
            emit("error", {"error": error.as_dict()})
        except Exception as problem:
            log.error("a stream broke: %s", describe(problem))
            emit("error", {"error": Unavailable("Something went wrong on our side. Please try again.").as_dict()})
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    running = asyncio.ensure_future(pool(run))
    getter = asyncio.ensure_future(queue.get())
    while True:
        arrived, _ = await asyncio.wait({getter}, timeout=KEEP_ALIVE_S)
        if not arrived:
            yield b": still here\n\n"
            continue
        event = getter.result()
        if event is None:
            break
        yield _encode(event)
        getter = asyncio.ensure_future(queue.get())
    await running
