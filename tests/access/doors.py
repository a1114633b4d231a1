"""Every address of a running app, as `app/web/policy.py` names them: from the OpenAPI document and the route table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from app.web.openapi import described

VERBS = {"get", "post", "put", "patch", "delete"}


@dataclass(frozen=True, slots=True)
class Address:
    """One operation. `described` is its entry in the OpenAPI document, None for pages."""

    verb: str
    path: str
    described: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """As the policy table writes it."""
        return f"{self.verb} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """Names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_page(self) -> bool:
        """Whether a person reads it in the dashboard."""
        return self.path.startswith("/dashboard")


def addresses(app: Litestar) -> list[Address]:
    """What the OpenAPI document describes, then whatever else the app answers to."""
    found = {one.name: one for one in _described(app)}
    return [*found.values(), *(one for one in _routed(app) if one.name not in found)]


def _described(app: Litestar) -> Iterator[Address]:
    for path, verbs in described(app.openapi_schema.to_schema())["paths"].items():
        for verb, operation in verbs.items():
            if verb in VERBS:
                yield Address(verb.upper(), path, operation)


def _routed(app: Litestar) -> Iterator[Address]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            path = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
            for verb in sorted(route.methods - {"OPTIONS", "HEAD"}):
                yield Address(verb, path)
