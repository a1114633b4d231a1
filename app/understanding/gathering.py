"""What is gathered while one message is read: commands, and which fields they already concern."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from app.dialogue import commands as c
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.asking import applying
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import carrier
from app.dialogue.slots.provider import says_nobody_referred
from app.dialogue.slots.result import ParseContext, Parsed
from app.dialogue.state import ActionStatus, Caller, SlotStatus, State
from app.understanding import replies
from app.understanding.agreeing import Agreement
from app.understanding.callers import caller_now
from app.understanding.clauses import Clause
from app.understanding.fields import filled_specs
from app.understanding.found import Found
from app.understanding.patients import patient_named

_SECOND = re.compile(r"\b(?:also|too|secondary|second|as well|both|and|plus|tambien|otro|segundo)\b|\?")
_INTRODUCES = re.compile(
    r"(?:this is|i am|i'?m|my name(?:'?s| is)?|it'?s|soy|me llamo|(?:le )?habla|mi nombre es)\b", re.IGNORECASE
)
_NOW = re.compile(r"\b(?:now|currently|these days|ahora|actualmente)\b")
_REPLACED = ("phone", "email", "fax", "member_id", "birth_date", "zip", "preferred_times")
_BESIDES = re.compile(
    r"\b(?:secondary|second (?:insurance|one|plan)|supplement\w*|medigap|also have|have \w+ (?:\w+ )?(?:too|also|"
    r"as well)|primary|"
    r"tambien tengo|secundari[oa]|suplement\w*|segundo seguro)\b"
)
_PAYS_FIRST = re.compile(r"\b(?:primary|primari[oa])\b(?! care)")
_ADDS = re.compile(r"\b(?:also|too|as well|another|besides|in addition|tambien|ademas)\b")
_OF_SURGERY = re.compile(r"\b(?:surg|operat|procedure|cirug|operaci)")
KINDS = {"phone": ("contact", "phone"), "email": ("contact", "email")}
"""Kind of a found value -> the types of slots that can take it, the best first."""


class Gathering:
    """The bookkeeping of one message."""

    def __init__(self, text: str, state: State, catalogue: Catalogue, clauses: Sequence[Clause] = ()) -> None:
        self.text, self.state, self.catalogue, self.clauses = text, state, catalogue, clauses
        self.asked = catalogue.spec(state.asking, state.action) if state.asking else None
        self.caller = caller_now(text, state)
        self.patient = patient_named(text)
        self.confirming = state.status is ActionStatus.CONFIRMING
        self.lines: list[str] = []
        self.commands: list[c.Command] = []
        self.rest: list[str] = []
        self.given: set[str] = set()
        self.carrier: str | None = None
        self.times: list[str] = []
        self._applying: dict[tuple[str, Caller], frozenset[str]] = {}
        self.times_how: Literal["instead", "also", "except"] = "instead"
        self.told: list[str] = []
        self.rest_right = self.doubted = self.aside = False
        self.agreed = Agreement.NONE
        self.maybe_name = self.clause = ""
        self.asked_before = [topic.question for topic in state.topics]

    def _asks(self, kind: str) -> bool:
        return self.asked is not None and self.asked.type == kind

    def _filled(self, kind: str) -> SlotSpec | None:
        specs = filled_specs(self.state, self.catalogue)
        return next((spec for spec in specs if spec.type == kind), None)

    def _slot(self, kind: str, *, only_new: bool = False) -> SlotSpec | None:
        """The slot of this type in the active action, else in any; the asked one first, then one not yet given."""
        types = KINDS.get(kind, (kind,))
        if self.asked and self.asked.type in types and (kind != "event_date" or _is_of_surgery(self.asked)):
            return self.asked
        ordered = sorted(self.catalogue.actions, key=lambda action: action.name != self.state.action)
        for action in ordered:
            asked = self._asked_for(action)
            specs = [spec for one in types for spec in action.slots if spec.type == one and spec.name in asked]
            specs = [spec for spec in specs if kind != "event_date" or _is_of_surgery(spec)]
            new = [spec for spec in specs if spec.name not in self.state.slots]
            if new or (specs and not only_new):
                return (new or specs)[0]
        return None

    def _asked_for(self, action: Action) -> frozenset[str]:
        """The action's slots that apply to this caller; looked at for every kind of word in the text."""
        key = (action.name, self.caller)
        if key not in self._applying:
            self._applying[key] = applying(action, self.state.slots, self.caller)
        return self._applying[key]

    def _set(self, spec: SlotSpec, said: str) -> None:
        self.given.add(spec.name)
        if spec.type == "carrier":
            self.carrier = said
        self.commands.append(c.SetSlot(spec.name, said))

    def _correct(self, name: str, said: str, how: Literal["instead", "also", "except"] = "instead") -> None:
        self.given.add(name)
        self.commands.append(c.CorrectSlot(name, said, how))

    def _keep(self, spec: SlotSpec) -> None:
        self.given.add(spec.name)
        self.commands.append(c.KeepSlot(spec.name))

    def _skip(self, spec: SlotSpec, why: str) -> None:
        """ "None" is an answer where a patient can have no insurance or no referring doctor."""
        if spec.type == "provider" and (says_nobody_referred(self.text) or replies.is_no(self.text)):
            self._set(spec, "nobody")
            return
        if spec.type == "provider" and re.search(
            r"\b(?:have|has|got) (?:one|a doctor|any|a dr|a referral)\b", fold(self.text)
        ):
            self._set(spec, "nobody")
            return
        if (
            spec.type == "carrier"
            and why == "unknown"
            and re.fullmatch(r"(?:no|none|nope|ninguno|nothing|no tengo)", replies.bare(self.text))
        ):
            self._set(spec, "no insurance")
        else:
            self.commands.append(c.SkipSlot(spec.name, "declined" if why == "declined" else "unknown"))
            self.given.add(spec.name)

    def _take(self, values: list[Found]) -> None:
        for value in values:
            spec = self._slot(value.kind)
            if spec is None or self._is_another_person(value):
                continue
            passed = [command for command in self.commands if _passes(command, spec.name)]
            if passed:  # "I'd rather not be called. My e-mail is ...", "you have my number. It's ..." give it after all
                self.commands = [command for command in self.commands if command not in passed]
            elif spec.name in self.given:
                if value.kind == "carrier" and value.said != self.carrier:
                    self._another_insurance(spec, value.said)
                continue
            known = self.state.slots.get(spec.name)
            filled = known is not None and known.status is SlotStatus.FILLED
            if not filled:
                self._set(spec, value.said)
            elif (
                value.kind in _REPLACED
                or (value.kind == "carrier" and self._names_one_plan())
                or (value.kind == "person_name" and _says_more(str(known and known.value), value.said))
            ):
                self._correct(spec.name, value.said)
            elif value.kind == "carrier" and known and _BESIDES.search(fold(self.clause or self.text)):
                if fold(value.said) not in fold(known.said):
                    self._correct(spec.name, f"{known.said} and {value.said}")
            elif value.kind == "reason" and _ADDS.search(fold(self.text)):
                self._correct(spec.name, value.said, "also")

    def _another_insurance(self, spec: SlotSpec, said: str) -> None:
        """A second one in the same message: the one that holds now, or one that is held beside the first, or the same
        one with its plan: "it's United something. UnitedHealthcare Choice Plus"."""
        if self._same_with_plan(said):
            self._correct(spec.name, said)
            return
        if _NOW.search(fold(self.clause)):
            self._correct(spec.name, said)
        elif _BESIDES.search(fold(self.clause)) and self.carrier:
            first = _PAYS_FIRST.search(fold(self.clause)) is not None
            self._correct(spec.name, f"{said} and {self.carrier}" if first else f"{self.carrier} and {said}")

    def _same_with_plan(self, said: str) -> bool:
        context = ParseContext(date.min, self.catalogue.payers)
        first, second = (carrier(one, context) for one in (self.carrier or "", said))
        return isinstance(first, Parsed) and isinstance(second, Parsed) and second.value.startswith(f"{first.value} ")

    def _is_another_person(self, value: Found) -> bool:
        """True for the writer's own name where the message also tells the patient's, or where an office writes."""
        introduced = value.kind == "person_name" and _INTRODUCES.match(self.clause[value.start : value.end])
        if introduced and self.caller is Caller.PROVIDER_OFFICE and not self._asks("person_name"):
            return True
        told = self.patient is not None and value.kind == "person_name"
        return told and fold(self.patient.said if self.patient else "") not in fold(value.said)

    def _names_one_plan(self) -> bool:
        """True for "Cigna PPO" after "Cigna", and for another carrier said alone; not for a second insurance."""
        return len(self.text.split()) <= 8 and not _SECOND.search(fold(self.text))


def _is_of_surgery(spec: SlotSpec) -> bool:
    """A clinic may ask for the day of something else, such as an accident."""
    return any(_OF_SURGERY.search(fold(words)) for words in (spec.name.replace("_", " "), *spec.label.values()))


def _passes(command: c.Command, name: str) -> bool:
    return isinstance(command, c.SkipSlot | c.KeepSlot) and command.name == name


def _says_more(known: str, said: str) -> bool:
    """True for "Marisol Etienne" after "Marisol"."""
    before, after = fold(known).split(), fold(said).split()
    return len(after) > len(before) and set(before) <= set(after)
