"""Reads the YAML files that are shipped inside packages: words and rules that are data, not code."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from app.errors import Misconfigured

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read_yaml(package: str, name: str) -> dict[str, Any]:
    """The mapping in file `name` of `package`, read once. Callers must not change it. Raises Misconfigured."""
    text = (files(package) / name).read_text(encoding="utf-8")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where there is one
    except yaml.YAMLError as error:
        raise Misconfigured(f"{package}/{name!r} is not YAML: {error}", "restore the file from the release") from error
    if not isinstance(data, dict):
        raise Misconfigured(f"{package}/{name!r} holds no mapping", "restore the file from the release")
    return data
