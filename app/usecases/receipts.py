"""A receipt of what was removed: ids, kinds and numbers, and its own hash, which the audit keeps, so that whoever holds
the receipt can show that it is genuine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def sealed(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt with `sha256`: of its other fields as JSON with sorted keys, without spaces, non-ASCII escaped."""
    return {**receipt, "sha256": digest(receipt)}


def digest(receipt: Mapping[str, Any]) -> str:
    """The hash that a receipt must have."""
    facts = {name: value for name, value in receipt.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
