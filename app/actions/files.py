"""Actions as YAML text, the form in which clinics write, keep and exchange them."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from app.errors import Invalid, TooLarge
from app.qualification.strict_yaml import yaml_in

LARGEST = 512 * 1024
"""Bytes of a file; thirty actions of the largest size that patients could bear are smaller."""


def documents_in(text: str) -> list[Any]:
    """The actions of a file: one action, or a list of them under `actions`. What they say is not checked yet. Raises
    Invalid and TooLarge."""
    if len(text.encode()) > LARGEST:
        raise TooLarge(f"The file has more than {LARGEST // 1024} KiB.", "Write fewer actions, or shorter words.")
    data = yaml_in(text)
    if isinstance(data, dict) and "actions" in data:
        if strange := [key for key in data if key != "actions"]:
            raise Invalid(f"The file has the key {strange[0]!r} beside `actions`.", "Move it into an action.")
        data = data["actions"]
    found = data if isinstance(data, list) else [data]
    if not found or not all(isinstance(one, dict) for one in found):
        raise Invalid("The file holds no action.", "Write one action, or a list of them under `actions:`.")
    return found


def text_of(documents: Sequence[Mapping[str, Any]]) -> str:
    """YAML that `documents_in` reads back to the same."""
    return yaml.safe_dump(
        {"actions": [dict(one) for one in documents]}, sort_keys=False, allow_unicode=True, width=110, indent=2
    )
