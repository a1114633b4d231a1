"""The words around payers' names, read from their file."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _raw() -> dict[str, Any]:
    text = (files("app.qualification") / "speech.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where there is one
    return data


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One of the file's patterns, over folded text."""
    return re.compile(_raw()["patterns"][name])


@cache
def among(name: str) -> frozenset[str]:
    """One of the file's lists of words."""
    return frozenset(_raw()[name].split())
