"""The parser process itself: reads frames from its standard input, answers on its standard output, and ends with its
parent. It needs no network, no environment and no file of the clinic; where Linux lets it, it gives up reading such
files at its start, and sockets and writing before the first paper."""

import os
import queue
import resource
import threading
from contextlib import suppress
from typing import Any, BinaryIO

from ingestion.confinement import confine
from ingestion.reading_rights import give_up_reading
from ingestion.types import ParseLimits, Unreadable
from ingestion.wire import pack_parsed, receive, send, unpack_limits


def main() -> None:
    """Serve until the parent closes the pipe."""
    give_up_reading()  # first of all: it counts for the threads that libraries start from now on
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # what a library prints must not end up between the frames
    from ingestion import pipeline
    from ingestion.chunkers import nodes

    assert nodes  # imported here, so that the first paper does not wait for LlamaIndex
    confine()
    send(replies, {"ready": os.getpid()})
    os.dup2(null, 2)
    inbox: queue.Queue[tuple[dict[str, Any], bytes]] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, inbox), daemon=True).start()
    while True:
        request, data = inbox.get()
        limits = unpack_limits(request["limits"])
        _limit(limits)
        reply = _parse(pipeline, data, request["filename"], limits)
        del data
        send(replies, reply)
        if "spent" in reply:
            os._exit(0)  # after running out of memory nothing in here can be trusted


def _listen(requests: BinaryIO, inbox: "queue.Queue[tuple[dict[str, Any], bytes]]") -> None:
    """Pass requests on. The end of the pipe means that the parent is gone, also while a paper is being read."""
    with suppress(Exception):
        while True:
            inbox.put(receive(requests))
    os._exit(0)


def _limit(limits: ParseLimits) -> None:
    """Soft limits for the next paper: memory, processor time, and no files. A system that refuses one goes without."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + 2 * limits.seconds + 5)
    for kind, soft in (
        (resource.RLIMIT_AS, limits.memory_mib * 1024 * 1024),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _parse(pipeline: Any, data: bytes, filename: str, limits: ParseLimits) -> dict[str, Any]:
    try:
        return {"parsed": pack_parsed(pipeline.ingest(data, filename, limits))}
    except Unreadable as refusal:
        return {"unreadable": str(refusal)}
    except MemoryError:
        return {"memory": True, "spent": True}
    except Exception as error:
        # Whatever a library does with a broken paper, the manager gets a sentence and the next paper its turn.
        return {"failed": type(error).__name__}
