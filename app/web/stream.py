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
    """Runs `turn(emit)` and yields what it emits, then `done` or `error`. What is refused before the first event is
    raised: nothing has been sent yet, so it can still leave with its own HTTP status."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Event | FrontdeskError | None] = asyncio.Queue()
    silent = True

    def emit(kind: str, data: dict[str, Any]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, (kind, data))

    def run() -> None:
        try:
            emit("done", turn(emit))
        except FrontdeskError as error:
            loop.call_soon_threadsafe(queue.put_nowait, error)
        except Exception as problem:
            log.error("a stream broke: %s", describe(problem))
            broken = Unavailable("Something went wrong on our side. Please try again.")
            loop.call_soon_threadsafe(queue.put_nowait, broken)
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    running = asyncio.ensure_future(pool(run))
    getter = asyncio.ensure_future(queue.get())
    while True:
        arrived, _ = await asyncio.wait({getter}, timeout=KEEP_ALIVE_S)
        if not arrived:
            silent = False
            yield b": still here\n\n"
            continue
        event = getter.result()
        if event is None:
            break
        if isinstance(event, FrontdeskError):
            if silent:
                await running
                raise event
            event = ("error", {"error": event.as_dict()})
        silent = False
        yield _encode(event)
        getter = asyncio.ensure_future(queue.get())
    await running
