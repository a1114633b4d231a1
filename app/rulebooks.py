"""The rules that a clinic decides by today, and what they add to its actions."""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.actions.on_demand import on_demand
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.errors import FrontdeskError, describe
from app.qualification.conditions import settled
from app.qualification.payers import PayerRow
from app.qualification.rule_file import Vocabulary, read_rules, shipped_rules
from app.qualification.rules import Asking, RuleSet
from app.store.queries.clinics import ClinicFacts
from app.store.queries.payers import live_payer_rows
from app.store.queries.rules import rules_data
from app.store.session import Database

log = logging.getLogger("frontdesk.rules")
CLINICS = 200
"""How many clinics' rules are kept, of those that were asked for last."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """`version` 0 are the shipped rules."""

    version: int
    rules: RuleSet


class RuleBooks:
    """Call it with a clinic. Rules are read again when the clinic's have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[str, RuleBook] = OrderedDict()
        self._rows: OrderedDict[str, tuple[int, date, tuple[PayerRow, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, clinic: ClinicFacts) -> RuleBook:
        """The rules in force. Raises Invalid for stored ones that this version cannot read."""
        if clinic.rules_version == 0:
            return RuleBook(0, shipped_rules())
        with self._lock:
            kept = self._kept.get(clinic.id)
            if kept and kept.version == clinic.rules_version:
                self._kept.move_to_end(clinic.id)
                return kept
        book = RuleBook(clinic.rules_version, read_rules(rules_data(self._database, clinic.id), Vocabulary()))
        with self._lock:
            self._kept[clinic.id] = book
            if len(self._kept) > CLINICS:
                self._kept.popitem(last=False)
        return book

    def payer_rows(self, clinic: ClinicFacts, today: date) -> tuple[PayerRow, ...]:
        """The published rows of the day, as `store.queries.payers` gives them; read again when the papers changed."""
        with self._lock:
            kept = self._rows.get(clinic.id)
            if kept and kept[:2] == (clinic.knowledge_version, today):
                self._rows.move_to_end(clinic.id)
                return kept[2]
        rows = live_payer_rows(self._database, clinic.id, today)
        with self._lock:
            self._rows[clinic.id] = (clinic.knowledge_version, today, rows)
            if len(self._rows) > CLINICS:
                self._rows.popitem(last=False)
        return rows

    def with_asked(self, catalogue: Catalogue, clinic: ClinicFacts) -> Catalogue:
        """The catalogue, each action with the fields that a rule of this clinic needs. Rules that cannot be read ask
        for nothing: the patient is served all the same."""
        try:
            asks = self(clinic).rules.asks
        except FrontdeskError as problem:
            log.error("the rules of clinic %s: %s", clinic.id, describe(problem))
            return catalogue
        known = {"clinic_has_service_area": bool(clinic.service_zips)}
        return replace(catalogue, actions=[_extended(action, asks, known) for action in catalogue.actions])


def _extended(action: Action, asks: tuple[Asking, ...], known: dict[str, Any]) -> Action:
    """What a rule asks for comes after the action's own fields."""
    added = [
        spec
        for asking in asks
        if asking.is_for(action.name) and action.slot(asking.slot) is None and (spec := _asked(asking, action, known))
    ]
    return replace(action, slots=(*action.slots, *added)) if added else action


def _asked(asking: Asking, action: Action, known: dict[str, Any]) -> SlotSpec | None:
    """None when this clinic, or this action, never comes to the question."""
    spec = on_demand().get(asking.slot)
    left = True if asking.only_if is None else settled(asking.only_if, known)
    if spec is None or left is False:
        return None
    if isinstance(left, bool):
        return spec
    answerable = all(action.slot(name) for name in left.names())
    return replace(spec, only_if=left) if answerable else None
