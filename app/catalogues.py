"""What one clinic's patients can ask for: its actions, languages, and the payers its papers name."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Generic, TypeVar

from app.actions.shipped import VERSION, shipped_actions
from app.dialogue.action import Action, Catalogue
from app.dialogue.state import ActionStatus, State
from app.rulebooks import RuleBooks
from app.store.queries.actions import action_made_with, parsed, stored_actions
from app.store.queries.clinics import ClinicFacts
from app.store.queries.payer_names import payer_names
from app.store.session import Database

CLINICS = 200
VERSIONS = 400
"""How many are kept, of the clinics and action versions that were asked for last."""
_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
T = TypeVar("T")


class Catalogues:
    """Call it with a clinic. Actions and payer names are read again when the clinic's have changed."""

    def __init__(self, database: Database, rules: RuleBooks) -> None:
        self._database, self._rules = database, rules
        self._held: _Kept[tuple[Hashable, Catalogue]] = _Kept(CLINICS)
        self._versions: _Kept[Action] = _Kept(VERSIONS)

    def __call__(self, clinic: ClinicFacts, state: State | None = None) -> Catalogue:
        """The clinic's catalogue today; for a conversation under way, with its action in the version that it began
        with, even where that is switched off by now."""
        today = self._today(clinic)
        if state is None or state.action is None or state.status not in _OPEN:
            return today
        return self._with(today, clinic, state.action, state.action_version or VERSION)

    def of_lead(self, clinic: ClinicFacts, name: str, version: str) -> Catalogue:
        """The catalogue with the action as it was when the lead was made: its words and its fields."""
        return self._with(self._today(clinic), clinic, name, version)

    def _with(self, today: Catalogue, clinic: ClinicFacts, name: str, version: str) -> Catalogue:
        now = today.action(name)
        then = None if now and now.version == version else self._version(clinic.id, name, version)
        if then is None:
            return today
        actions = [then if action is now else action for action in today.actions]
        return self._rules.with_asked(replace(today, actions=actions if now else [*actions, then]), clinic)

    def _version(self, clinic_id: str, name: str, version: str) -> Action | None:
        key = (clinic_id, name, version)
        action = self._versions.get(key)
        if action is None:
            with self._database.read() as session:
                action = action_made_with(session, clinic_id, name, version)
            if action is not None:
                self._versions.put(key, action)
        return action

    def _today(self, clinic: ClinicFacts) -> Catalogue:
        served = bool(clinic.service_zips)
        key = (clinic.knowledge_version, clinic.actions_version, clinic.rules_version, clinic.languages, served)
        held = self._held.get(clinic.id)
        if held is None or held[0] != key:
            payers = payer_names(self._database, clinic.id)
            found = Catalogue(self._actions(clinic), payers, clinic.languages)
            held = key, self._rules.with_asked(found, clinic)
            self._held.put(clinic.id, held)
        return held[1]

    def _actions(self, clinic: ClinicFacts) -> tuple[Action, ...]:
        if not clinic.actions_version:
            return shipped_actions()
        with self._database.read() as session:
            stored = stored_actions(session, clinic.id)
        return tuple(action for one in stored if one.enabled and (action := parsed(one)))


class _Kept(Generic[T]):
    """The entries that were used last, within a number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
