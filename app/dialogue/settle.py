"""How one slot becomes settled: filled, declined or unknown, with patience for values that fail."""

import re
from datetime import date
from typing import Literal

from app.dialogue import moves as m
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.merging import How, changed
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.slots.fold import fold
from app.dialogue.slots.small_words import small_words
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State

PATIENCE = 3
REFUSALS = 2
_STATUS = {"declined": SlotStatus.DECLINED, "unknown": SlotStatus.UNKNOWN}


class Turn:
    """One message being decided: the state as it changes, the moves so far, and what was noticed on the way."""

    def __init__(self, state: State, catalogue: Catalogue, today: date) -> None:
        self.before, self.state, self.catalogue, self.today = state, state, catalogue, today
        self.moves: list[m.Move] = []
        self.noted: list[str] = []
        self.changed = self.restated = self.rejected = self.denied = self.unclear = self.offer = self.affirmed = False

    def give(self, name: str, said: str, how: How = "instead") -> None:
        """Fills a slot with what the words mean, or says why not. Empty words take the old value back; other words
        change it as `how` says."""
        spec = self.catalogue.spec(name, self.state.action)
        if spec is None:
            return
        if not said.strip():
            self._revoke(name)
            return
        read = read_value(spec, said, self.today, self.catalogue.payers, self.state.language)
        if isinstance(read, Parsed):
            given = SlotValue(SlotStatus.FILLED, read.value, said)
            known = self.state.slots.get(name)
            if known and known.status is SlotStatus.FILLED:
                part = how == "instead" and _names_part(known, given)
                given = changed(spec.type, known, given, how)
                self.restated = self.restated or part or _plain(given.value) == _plain(known.value)
            self._settle(name, given)
            self.noted = [*(slot for slot in self.noted if slot != name), name]
        else:
            self._reject(spec, said, read.reason)

    def keep(self, name: str | None) -> None:
        """What was given before holds: it is taken back in when it was revoked. Where nothing was ever given the
        patient knows of a value that the desk does not have."""
        if name is None or self.catalogue.spec(name, self.state.action) is None:
            return
        known, former = self.state.slots.get(name), self.state.former.get(name)
        if former and (known is None or known.status is not SlotStatus.FILLED):
            self._settle(name, former)
        elif known is None:
            self.skip(name, "unknown")
            return
        self.noted = [*(slot for slot in self.noted if slot != name), name]

    def skip(self, name: str | None, why: Literal["declined", "unknown"]) -> None:
        """Settles a slot without a value. One that cannot be declined is explained first and let go at the second
        refusal, so that nobody is stuck."""
        spec = self.catalogue.spec(name, self.state.action) if name else None
        if spec is None or (spec.name in self.state.slots and spec.name in self.noted):
            return
        if not spec.declinable and self._tries(spec.name) < REFUSALS:
            self.moves.append(m.StillNeeded(spec.name))
        elif not spec.declinable:
            self._settle(spec.name, SlotValue(_STATUS[why]))
            self.hand_off(asked=False)
        else:
            self._settle(spec.name, SlotValue(_STATUS[why]))
            if m.Skipped() not in self.moves:
                self.moves.append(m.Skipped())

    def not_understood(self) -> None:
        """Counts against the field that was asked for, so that nobody is asked the same for ever."""
        self.unclear = True
        name = self.before.asking
        if name and self._tries(name) >= PATIENCE and name not in self.state.slots:
            self._settle(name, SlotValue(SlotStatus.UNKNOWN))
            self.hand_off(asked=False)

    def forget(self) -> None:
        """Drops every field; an open action begins again."""
        status = ActionStatus.COLLECTING if self.state.status is ActionStatus.CONFIRMING else self.state.status
        self.state = self.state.with_(slots={}, former={}, tried={}, asking=None, status=status, topics=())
        self.moves.append(m.Restarted())

    def hand_off(self, *, asked: bool = True) -> None:
        """Offers a person, once per message."""
        self.state = self.state.with_(handoff=True)
        asked = asked or m.HandOff() in self.moves
        self.moves = [*(move for move in self.moves if not isinstance(move, m.HandOff)), m.HandOff(asked)]

    def say_noted(self) -> None:
        """Adds the move that tells what was understood."""
        before = self.before.filled()
        noted = [name for name in self.noted if name in self.state.slots]
        changed = [name for name in noted if name in before and before[name] != self.state.slots[name].value]
        if noted:
            self.moves.append(m.Noted(tuple(noted), self.before.asking, tuple(changed)))

    def _settle(self, name: str, value: SlotValue) -> None:
        """The newest goes last, so that a correction without a name means the latest field."""
        others = {key: slot for key, slot in self.state.slots.items() if key != name}
        self._remember(name, value)
        tried = {key: count for key, count in self.state.tried.items() if key != name}
        self.state = self.state.with_(slots={**others, name: value}, tried=tried)
        self.changed = True

    def _revoke(self, name: str) -> None:
        if name in self.state.slots:
            self._remember(name)
            self.state = self.state.with_(slots={key: slot for key, slot in self.state.slots.items() if key != name})
            self.changed = True

    def _remember(self, name: str, instead: SlotValue | None = None) -> None:
        """Keeps the value that goes, for "the same as before"."""
        known = self.state.slots.get(name)
        if known and known.status is SlotStatus.FILLED and known != instead:
            self.state = self.state.with_(former={**self.state.former, name: known})

    def _tries(self, name: str) -> int:
        count = self.state.tried.get(name, 0) + 1
        self.state = self.state.with_(tried={**self.state.tried, name: count})
        return count

    def _reject(self, spec: SlotSpec, said: str, reason: str) -> None:
        """A field that is already there keeps its value; the third failure settles the slot without one."""
        self.rejected = True
        count = self._tries(spec.name)
        never_kept = reason.endswith("_not_kept")
        self.moves.append(m.Reject(spec.name, "" if never_kept else said, reason))
        if spec.name in self.state.slots or count < PATIENCE:
            return
        self._settle(spec.name, SlotValue(SlotStatus.UNKNOWN, None, "" if never_kept else said))
        if not spec.declinable:
            self.hand_off()


def _names_part(known: SlotValue, given: SlotValue) -> bool:
    """True when nothing is said that was not given already: "except Aetna", "not the left knee" beside a yes tell what
    is wrong, and not what is right."""
    if not isinstance(known.value, str):
        return False
    words = set(re.findall(r"\w+", fold(f"{known.said} {known.value}")))
    return set(re.findall(r"\w+", fold(given.said))) - small_words("sentence") <= words


def _plain(value: object) -> object:
    """Windows of time without the words they were said in."""
    if not isinstance(value, list):
        return value
    return [{key: part for key, part in window.items() if key != "said"} for window in value]
