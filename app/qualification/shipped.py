"""Reads the files that are shipped with this package: words and rules that are data, not code."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def shipped(name: str) -> dict[str, Any]:
    """The mapping in file `name`, read once. Callers must not change it."""
    text = (files("app.qualification") / name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where there is one
    return data
