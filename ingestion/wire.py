"""What passes between the server and the parser process: frames of JSON and bytes. Not pickle: a crafted paper that
takes over the parser must not be able to run code in the server."""

import json
import struct
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO, get_args

from ingestion.types import Parsed, ParseLimits, PayerRowDraft, PayerStatus
from knowledge.types import Chunk, ChunkKind

_HEAD = struct.Struct(">II")
_LARGEST = 1 << 30
_WORDS = ("plan", "location", "referral", "prior_authorization", "visit_limit", "note")


def send(stream: BinaryIO, message: dict[str, Any], data: bytes = b"") -> None:
    """Write one frame: a JSON object and raw bytes."""
    text = json.dumps(message, ensure_ascii=False, default=_plain).encode("utf-8", "surrogatepass")
    stream.write(_HEAD.pack(len(text), len(data)) + text)
    stream.write(data)
    stream.flush()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__!r} cannot pass")


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read one frame. Raises EOFError when the other side is gone, ValueError when it sends nonsense."""
    length, size = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if max(length, size) > _LARGEST:
        raise ValueError(f"a frame of {length + size!r} bytes is too long")
    message = json.loads(_exactly(stream, length).decode("utf-8", "surrogatepass"))
    if not isinstance(message, dict):
        raise ValueError(f"a frame holds {type(message).__name__!r} in place of an object")
    return message, _exactly(stream, size)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the other side has closed the pipe")
    return data


def pack_limits(limits: ParseLimits) -> dict[str, Any]:
    """Limits as JSON."""
    return asdict(limits)


def unpack_limits(packed: dict[str, Any]) -> ParseLimits:
    """Limits from JSON."""
    return ParseLimits(**packed)


def pack_parsed(parsed: Parsed) -> dict[str, Any]:
    """A parsed paper as JSON."""
    return asdict(parsed)


def unpack_parsed(packed: dict[str, Any]) -> Parsed:
    """A parsed paper from JSON. Raises KeyError, TypeError or ValueError when it is not one."""
    return Parsed(
        media_type=str(packed["media_type"]),
        chunks=tuple(_chunk(chunk) for chunk in packed["chunks"]),
        pages=None if packed["pages"] is None else int(packed["pages"]),
        title=None if packed["title"] is None else str(packed["title"]),
        warnings=tuple(map(str, packed["warnings"])),
        payer_rows=tuple(map(_payer_row, packed["payer_rows"])),
        effective_from=_day(packed["effective_from"]),
        effective_to=_day(packed["effective_to"]),
        dated=_day(packed["dated"]),
    )


def _payer_row(packed: dict[str, Any]) -> PayerRowDraft:
    """A row from JSON. Every field is made what it must be: the parser process may lie."""
    if packed["status"] not in get_args(PayerStatus):
        raise ValueError(f"{packed['status']!r} is no payer status")
    return PayerRowDraft(
        payer=str(packed["payer"]),
        status=packed["status"],
        quote=str(packed["quote"]),
        ordinal=int(packed["ordinal"]),
        all_plans=bool(packed["all_plans"]),
        except_plans=tuple(map(str, packed["except_plans"])),
        general=bool(packed["general"]),
        effective_from=_day(packed["effective_from"]),
        effective_to=_day(packed["effective_to"]),
        page=None if packed["page"] is None else int(packed["page"]),
        heading=tuple(map(str, packed["heading"])),
        lead=str(packed["lead"]),
        **{name: None if packed[name] is None else str(packed[name]) for name in _WORDS},
    )


def _day(packed: object) -> date | None:
    return None if packed is None else date.fromisoformat(str(packed))


def _chunk(packed: dict[str, Any]) -> Chunk:
    return Chunk(
        ordinal=int(packed["ordinal"]),
        kind=ChunkKind(packed["kind"]),
        text=str(packed["text"]),
        heading=tuple(map(str, packed["heading"])),
        page=None if packed["page"] is None else int(packed["page"]),
        lead=str(packed["lead"]),
        cells=tuple((str(name), str(value)) for name, value in packed["cells"]),
        notes=tuple(map(str, packed["notes"])),
    )
