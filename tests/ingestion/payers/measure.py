"""Compares the rows that papers give with the rows a careful person would write down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingestion.pipeline import ingest
from ingestion.types import Parsed, PayerRowDraft
from tests.ingestion.payers.build import BUILDERS

HERE = Path(__file__).parent
_PLAIN = ("location", "referral", "prior_authorization", "visit_limit", "effective_from", "effective_to")


@dataclass(frozen=True)
class Case:
    name: str
    format: str
    paper: dict[str, Any]

    def parsed(self) -> Parsed:
        return ingest(BUILDERS[self.format](self.paper["blocks"]), f"{self.name}.{self.format}")


def cases(file: Path = HERE / "papers.yaml") -> Iterator[Case]:
    for paper in yaml.safe_load(file.read_text("utf-8")):
        for form in paper["formats"]:
            yield Case(paper["name"], form, paper)


def row_key(row: list[Any]) -> tuple[Any, ...]:
    payer, plan, status, *more = row
    said = more[0] if more else {}
    return _key(
        payer, plan, status, said.get("all_plans", False), tuple(said.get("except_plans", ())),
        said.get("general", False), *(said.get(name) for name in _PLAIN),
    )  # fmt: skip


def draft_key(draft: PayerRowDraft) -> tuple[Any, ...]:
    return _key(
        draft.payer, draft.plan, draft.status, draft.all_plans, draft.except_plans, draft.general,
        *(getattr(draft, name) for name in _PLAIN),
    )  # fmt: skip


def _key(payer: str, plan: str | None, *rest: Any) -> tuple[Any, ...]:
    days = tuple(date.fromisoformat(str(value)) if isinstance(value, date) else value for value in rest)
    return (payer.casefold(), plan, *days)


def claim(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a row claims at its core: payer, plan, status, location."""
    return (*key[:3], key[6])
