"""The chain of the audit: each entry holds the hash of the one before it, so that a change shows.

An entry's hash is the SHA-256, in lower-case hex, of the UTF-8 bytes of one JSON array without spaces, non-ASCII
characters escaped:

    ["frontdesk-audit-1", prev_hash, seq, at, clinic_id, actor_kind, actor_id, verb, target_kind, target_id]

`prev_hash` is the hash of the entry before, 64 zeros for the first; `seq` is a number; `at` is UTC as
`2026-11-23T08:15:00.000000Z`, always with six decimals; what is missing is `null`. Nothing secret goes into it: whoever
holds an export can check it without a key."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FORMAT = "frontdesk-audit-1"
FIRST = "0" * 64
"""What stands for the entry before the first."""
FIELDS = ("clinic_id", "actor_kind", "actor_id", "verb", "target_kind", "target_id")


def entry_hash(prev_hash: str, seq: int, at: datetime, facts: Mapping[str, Any]) -> str:
    """The hash of an entry; `facts` holds FIELDS."""
    parts = [FORMAT, prev_hash, seq, stamp(at), *(facts[name] for name in FIELDS)]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def stamp(at: datetime) -> str:
    """The time as the chain and the export write it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
