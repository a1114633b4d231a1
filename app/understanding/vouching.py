"""Checks what a language model read against the patient's own text and the catalogue: what passes is a command made of
the patient's words; what does not is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.dialogue import commands as c
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.lanes import believed
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.state import ActionStatus, Caller, SlotStatus, State
from app.understanding.evidence import completes, speaks_of, speaks_of_caller
from app.understanding.plausible import plausible
from app.understanding.proposals import Proposal
from app.understanding.reworded import reworded
from app.understanding.told import Span, Told, overlap
from app.understanding.wished_times import ANY_DAY

CERTAIN = ("contact", "phone", "fax", "email", "member_id", "npi", "birth_date")
"""Types whose values rules find by their form: what rules took for one of these stays with it."""
SHORT = 5
"""Words: "and Humana" asks, where something was asked before."""
OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_TALK: tuple[Literal["greeting", "thanks", "goodbye", "pause"], ...] = ("greeting", "thanks", "goodbye", "pause")


@dataclass(frozen=True, slots=True)
class Vouched:
    """A command that the text bears out, and where the words for it stand."""

    command: c.Command
    span: Span


class Vouching:
    """The checks for one message that rules have read already."""

    def __init__(self, text: str, rules: Sequence[c.Command], state: State, catalogue: Catalogue) -> None:
        self.told, self.rules, self.state, self.catalogue = Told(text), rules, state, catalogue
        self.open = state.status in OPEN and catalogue.action(state.action) is not None
        self.taken = [
            (command.name, span)
            for command in rules
            if isinstance(command, c.SetSlot | c.CorrectSlot) and (span := self.told.find(command.said))
        ]

    def vouched(self, proposal: Proposal) -> Vouched | None:
        """The command, or None where the text or the catalogue does not bear it out."""
        span = self.told.find(proposal.words)
        make = self._makers().get(proposal.do)
        command = make(proposal, span) if span and make else None
        return Vouched(command, span) if span and command else None

    def certain(self, name: str) -> bool:
        """Whether the values of this field are found by their form."""
        spec = self.catalogue.spec(name, self.state.action)
        return spec is not None and spec.type in CERTAIN

    def readable(self, command: c.SetSlot | c.CorrectSlot) -> bool:
        """Whether the field's parser takes what the rules found for it."""
        spec = self.catalogue.spec(command.name, self.state.action)
        if spec is None or not command.said:
            return spec is not None
        read = read_value(spec, command.said, ANY_DAY, self.catalogue.payers, self.state.language)
        return isinstance(read, Parsed)

    def filled(self, name: str) -> bool:
        """Whether the field had a value before this message."""
        known = self.state.slots.get(name)
        return known is not None and known.status is SlotStatus.FILLED

    def _makers(self) -> dict[str, Callable[[Proposal, Span], c.Command | None]]:
        plain: dict[str, tuple[c.Command, bool]] = {
            "cancel": (c.CancelAction(), self.open),
            "start_over": (c.StartOver(), bool(self.state.slots)),
            "person": (c.RequestHuman(), True),
            "why": (c.AskWhy(), self.state.asking is not None),
        }
        makers = {do: self._worded(*one) for do, one in plain.items()}
        makers |= dict.fromkeys(("give", "change", "add", "remove"), self._value)
        makers |= dict.fromkeys(("decline", "unknown"), self._skip)
        makers |= {"keep": self._keep, "ask": self._ask, "start": self._start, "no": self._no}
        return {**makers, "caller": self._caller, "talk": self._talk}

    def _worded(self, command: c.Command, fits: bool) -> Callable[[Proposal, Span], c.Command | None]:
        return lambda proposal, span: command if fits and speaks_of(proposal.do, self.told.said(span)) else None

    def _spec(self, name: str) -> SlotSpec | None:
        """The field, where it belongs to what is under way, or to anything while nothing is."""
        action = self.catalogue.action(self.state.action)
        return action.slot(name) if self.open and action else self.catalogue.spec(name)

    def _value(self, proposal: Proposal, span: Span) -> c.Command | None:
        spec = self._spec(proposal.on)
        if spec is None:
            return None
        filled = self.filled(spec.name)
        if not proposal.value:
            wrong = proposal.do == "change" and filled and speaks_of("wrong", self.told.said(span))
            return c.CorrectSlot(spec.name, "") if wrong else None
        if filled and not (speaks_of("change", self.told.said(span)) or self._announced(span)):
            return None
        place = self.told.find(proposal.value, span)
        if place is None or self._belongs_elsewhere(spec, place) or not (span[0] <= place[0] and place[1] <= span[1]):
            return None  # words that give a name give no other one
        said = self.told.said(place)
        if filled:
            return reworded(spec, said, proposal.do, self.told.said(span), self.state, self.catalogue)
        new = proposal.do != "remove" and plausible(spec, said, self.state, self.catalogue)
        return c.SetSlot(spec.name, said) if new else None

    def _announced(self, span: Span) -> bool:
        """Whether words of change stand shortly before: "no wait, 0135"."""
        before = self.told.text[: span[0]]
        return speaks_of("change", " ".join(before.split()[-6:]))

    def _belongs_elsewhere(self, spec: SlotSpec, place: Span) -> bool:
        """Whether rules found another field's value there for certain."""
        return any(self.certain(name) and name != spec.name and overlap(place, span) for name, span in self.taken)

    def _skip(self, proposal: Proposal, span: Span) -> c.Command | None:
        spec = self._spec(proposal.on or self.state.asking or "")
        if spec is None or not self.open or self.filled(spec.name):
            return None
        said = self.told.said(span)
        if proposal.do == "unknown":
            return c.SkipSlot(spec.name, "unknown") if speaks_of("unknown", said) else None
        return c.SkipSlot(spec.name, "declined") if speaks_of("decline", said) else None

    def _keep(self, proposal: Proposal, span: Span) -> c.Command | None:
        name = proposal.on or self.state.asking or ""
        known = self.filled(name) or name in self.state.former
        return c.KeepSlot(name) if known and self._spec(name) and speaks_of("keep", self.told.said(span)) else None

    def _ask(self, proposal: Proposal, span: Span) -> c.Command | None:
        said = self.told.said(span)
        goes_on = bool(self.state.topics) and not self.open and len(self.told.all_words()) <= SHORT
        if not (goes_on or speaks_of("ask", said) or "?" in self.told.text[span[0] : span[1] + 1]):
            return None
        known = [self.told.text, *(topic.question for topic in self.state.topics)]
        whole = bool(proposal.value) and completes(proposal.value, known)
        return c.AskQuestion(proposal.value if whole else said)

    def _start(self, proposal: Proposal, span: Span) -> c.Command | None:
        action = self.catalogue.action(proposal.on)
        under_way = self.open and proposal.on == self.state.action
        wished = speaks_of("wish", self.told.said(span))
        return c.StartAction(action.name) if action and not under_way and wished else None

    def _no(self, _proposal: Proposal, span: Span) -> c.Command | None:
        waits = self.state.status is ActionStatus.CONFIRMING or self.state.offered
        said = self.told.said(span)
        return c.Deny() if waits and (speaks_of("wrong", said) or speaks_of("decline", said)) else None

    def _caller(self, proposal: Proposal, span: Span) -> c.Command | None:
        caller = next((one for one in Caller if one.value == proposal.on), None)
        if caller is None or caller is self.state.caller or believed(self.state, caller) is not caller:
            return None
        return c.Identify(caller, self.told.text) if speaks_of_caller(caller, self.told.said(span)) else None

    def _talk(self, proposal: Proposal, span: Span) -> c.Command | None:
        kind = next((one for one in _TALK if one == proposal.on), None)
        whole = self.told.words_in(span) == self.told.all_words()
        return c.SmallTalk(kind) if kind and whole else None
