"""Reads the clauses of one message against the conversation's state and gathers commands."""

import re

from app.dialogue import commands as c
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer
from app.dialogue.slots.provider import says_nobody_referred
from app.dialogue.state import ActionStatus, SlotStatus, State
from app.understanding import corrections, questions, replies
from app.understanding.clauses import Clause, split
from app.understanding.lexicon import labels, pattern, words
from app.understanding.triggers import triggered
from app.understanding.values import Found, find_values, looks_like_name, looks_like_times

_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_KINDS = {"contact": ("contact", "phone", "email"), "person_name": ("person_name",)}
_CUT = ("contact", "person_name", "member_id", "carrier", "provider")
_FREE = ("reason", "text")
_REQUEST = re.compile(
    r"^(?:(?:hi|hello|hey|hola|please|ok|and|also)\b[\s,]*)*(?:(?:can|could|may|would) (?:i|we|you|someone|somebody|it be possible)\b|"
    r"(?:i(?:'d| would) like|i want|puedo|pueden|podria|podrian|quiero|quisiera)\b)"
)
_INSTEAD = re.compile(r"\b(?:instead|rather|actually|i want to|i'd like to|i would like to|can i|can you|can someone|could|mejor|quiero|prefiero)\b")


class Reading:
    """One message being read."""

    def __init__(self, text: str, state: State, catalogue: Catalogue) -> None:
        self.text, self.state, self.catalogue = text, state, catalogue
        self.asked = catalogue.spec(state.asking, state.action) if state.asking else None
        self.confirming = state.status is ActionStatus.CONFIRMING
        self.commands: list[c.Command] = []
        self.rest: list[str] = []
        self.given: set[str] = set()
        self.carrier: str | None = None

    def read(self, clause: Clause) -> None:
        """Adds what the clause means; what may answer the asked field is kept for `finish`."""
        if self._is_reply(clause.text):
            return
        if questions.is_question(clause):
            self._question(clause.text)
        else:
            self._statement(clause.text)

    def finish(self) -> list[c.Command]:
        """The commands of the whole message, after what is left has answered the asked field."""
        self._answer_asked()
        self._start()
        return self.commands or [c.Unclear()]

    def _is_reply(self, text: str) -> bool:
        """Replies that are about the conversation and not about a field."""
        if replies.wants_human(text):
            self.commands.append(c.RequestHuman())
        elif replies.is_start_over(text):
            self.commands.append(c.StartOver())
        elif replies.is_cancel(text):
            self.commands.append(c.CancelAction())
        elif self.state.emergency and replies.resumes(text):
            self.commands.append(c.ResumeIntake())
        elif kind := replies.smalltalk(text):
            self.commands.append(c.SmallTalk(kind))
        else:
            return False
        return True

    def _question(self, text: str) -> None:
        wanted = triggered(text, self.catalogue, request=True) if _REQUEST.search(fold(text)) else None
        if wanted and self.state.status not in _OPEN:
            self.commands.append(c.StartAction(wanted))
            self._take(find_values(text, self.catalogue.payers, None))
            return
        changed = self._changes(text) if corrections.corrects(text) else False
        if changed:
            return
        values = find_values(text, self.catalogue.payers, None)
        self._take([value for value in values if value.kind == "contact"])
        self._remember_carrier(text)
        self.commands.append(c.AskQuestion(questions.standalone(text, self._known_carrier())))

    def _remember_carrier(self, text: str) -> None:
        """A patient who asks whether one carrier is taken has it; one who asks about two is shopping."""
        if not questions.about_acceptance(text):
            return
        hit = find_payer(fold(text), self.catalogue.payers)
        if hit and not find_payer(fold(text)[hit[1] :], self.catalogue.payers) and self._slot("carrier", only_new=True):
            values = [v for v in find_values(text, self.catalogue.payers, "carrier") if v.kind == "carrier"]
            self._take(values)

    def _known_carrier(self) -> str | None:
        spec = self._slot("carrier")
        kept = self.state.slots.get(spec.name) if spec else None
        return self.carrier or (kept.value if kept and kept.status is SlotStatus.FILLED else None)

    def _statement(self, text: str) -> None:
        answer, rest = replies.leading(text)
        if replies.is_yes(text):
            self._yes_or_no("yes", text)
            return
        if replies.is_no(text):
            self._yes_or_no("no", text)
            return
        if answer and (self.confirming or answer == "no" or self._asks("yes_no")):
            self._yes_or_no(answer, answer, alone=False)
        text_after = rest if answer else text
        if self._withheld(text_after):
            return
        if (corrections.corrects(text) or self.confirming) and self._changes(text_after):
            return
        self._fields(text_after)

    def _asks(self, kind: str) -> bool:
        return self.asked is not None and self.asked.type == kind

    def _yes_or_no(self, answer: str, text: str, *, alone: bool = True) -> None:
        if self.asked and self.asked.type in ("yes_no", "choice"):
            self._set(self.asked, text)
        elif self.confirming:
            self.commands.append(c.Affirm() if answer == "yes" else c.Deny())
        elif answer == "no" and alone and self.asked:
            self._skip(self.asked, "unknown")
        elif alone and not self.asked:
            self.commands.append(c.Affirm() if answer == "yes" else c.Deny())

    def _skip(self, spec: SlotSpec, why: str) -> None:
        """"None" is an answer where a patient can have no insurance or no referring doctor."""
        if spec.type == "provider" and (says_nobody_referred(self.text) or replies.is_no(self.text)):
            self._set(spec, "nobody")
            return
        if spec.type == "carrier" and why == "unknown" and re.fullmatch(r"(?:no|none|nope|ninguno|nothing|no tengo)", replies.bare(self.text)):
            self._set(spec, "no insurance")
        else:
            self.commands.append(c.SkipSlot(spec.name, "declined" if why == "declined" else "unknown"))
            self.given.add(spec.name)

    def _withheld(self, text: str) -> bool:
        """"Skip", "I don't have my card with me": for the asked field, or for the one that is named."""
        why = replies.refusal(text)
        if why is None or (self.asked is None and not self.confirming):
            return False
        if self._asks("preferred_times") and replies.any_time(text):
            return False
        values = [v for v in find_values(text, self.catalogue.payers, self.asked.type if self.asked else None) if v.kind in ("contact", "carrier", "member_id", "person_name", "provider")]
        if values:
            return False
        action = self.catalogue.action(self.state.action)
        named = corrections.labelled(text, action.slots) if action else None
        spec = named[0] if named and (self.asked is None or named[0].type != self.asked.type) else self.asked
        if spec is None or (self._asks("reason") and why == "unknown" and len(text.split()) > 8):
            return False
        if spec is not self.asked and self.asked is not None and spec.name in self.state.slots:
            spec = self.asked
        self._skip(spec, why)
        return True

    def _changes(self, text: str) -> bool:
        """True when the text changes a field that was given."""
        if patch := corrections.patched(text, self.state, self.catalogue):
            self._correct(patch.name, patch.said)
            return True
        filled = corrections.filled_specs(self.state, self.catalogue)
        kinds = self.asked.type if self.asked else None
        values = [v for v in find_values(corrections.opening_removed(text) or text, self.catalogue.payers, kinds) if v.kind != "reason" or self.confirming]
        taken = [(spec, v) for v in values if (spec := next((s for s in filled if s.type in _KINDS.get(v.kind, (v.kind,))), None))]
        if taken:
            for spec, value in taken:
                self._correct(spec.name, value.said)
            self._take([v for v in values if v not in [t[1] for t in taken]])
            return True
        return self._renamed(text, filled)

    def _renamed(self, text: str, filled: list[SlotSpec]) -> bool:
        named = corrections.labelled(text, filled)
        bare = corrections.opening_removed(text)
        if named and (named[1] or pattern("wrong").search(fold(text)) or (self.confirming and len(bare.split()) <= 5)):
            if named[1] or named[0] is not self.asked:
                self._correct(*((named[0].name, named[1])))
                return True
        elif bare and filled and pattern("last_slot").search(fold(text)) and len(bare.split()) <= 8:
            self._correct(filled[0].name, bare)
            return True
        elif bare and self.confirming and looks_like_times(bare) and (spec := next((s for s in filled if s.type == "preferred_times"), None)):
            self._correct(spec.name, bare)
            return True
        return False

    def _correct(self, name: str, said: str) -> None:
        self.given.add(name)
        self.commands.append(c.CorrectSlot(name, said))

    def _fields(self, text: str) -> None:
        kind = self.asked.type if self.asked else None
        values = find_values(text, self.catalogue.payers, kind)
        if self.asked and self.asked.name not in self.given:
            own = [v for v in values if v.kind in _own_kinds(kind)]
            others = [v for v in values if v not in own]
            if own and kind not in _FREE and kind != "preferred_times":
                self._set(self.asked, own[0].said)
            else:
                self._keep_rest(text, others)
            self._take(others)
        else:
            self._take(values)
            if not values:
                self._labelled_new(text)

    def _keep_rest(self, text: str, others: list[Found]) -> None:
        """Keeps what may be the asked field's value; a sentence that says what the patient wants is no name or number."""
        if self.asked is None or (self.asked.type not in (*_FREE, "preferred_times") and triggered(text, self.catalogue)):
            return
        rest = _cut(text, others)
        if self.asked.type == "person_name":
            rest = next((piece for piece in (rest, *rest.split(",")) if looks_like_name(piece)), "")
        self.rest.append(rest)

    def _labelled_new(self, text: str) -> None:
        action = self.catalogue.action(self.state.action)
        named = corrections.labelled(text, action.slots) if action else None
        if named and named[1] and named[0].name not in self.given:
            self._set(named[0], named[1])

    def _take(self, values: list[Found]) -> None:
        for value in values:
            spec = self._slot(value.kind)
            if spec is None or spec.name in self.given:
                continue
            known = self.state.slots.get(spec.name)
            filled = known is not None and known.status is SlotStatus.FILLED
            if not filled:
                self._set(spec, value.said)
            elif value.kind in ("contact", "member_id"):
                self._correct(spec.name, value.said)

    def _set(self, spec: SlotSpec, said: str) -> None:
        self.given.add(spec.name)
        if spec.type == "carrier":
            self.carrier = said
        self.commands.append(c.SetSlot(spec.name, said))

    def _slot(self, kind: str, *, only_new: bool = False) -> SlotSpec | None:
        """The slot of this type in the active action, else in any; the asked one first, then one not yet given."""
        types = _KINDS.get(kind, (kind,))
        if self.asked and self.asked.type in types:
            return self.asked
        ordered = sorted(self.catalogue.actions, key=lambda action: action.name != self.state.action)
        for action in ordered:
            specs = [spec for spec in action.slots if spec.type in types]
            new = [spec for spec in specs if spec.name not in self.state.slots]
            if new or (specs and not only_new):
                return (new or specs)[0]
        return None

    def _answer_asked(self) -> None:
        if not self.asked or self.asked.name in self.given:
            return
        kept = [piece for piece in self.rest if _says_something(piece)]
        if not kept:
            return
        joined = ". ".join(kept) if self.asked.type in (*_FREE, "preferred_times", "provider") else kept[0]
        self._set(self.asked, joined)

    def _start(self) -> None:
        """Starts what the message wants; what it gives away starts the first action that can use it."""
        if any(isinstance(command, c.StartAction | c.CancelAction) for command in self.commands):
            return
        statements = [clause for clause in self._statements() if not replies.smalltalk(clause)]
        wanted = next((name for text in statements if (name := triggered(text, self.catalogue))), None)
        under_way = self.state.status in _OPEN
        if wanted and under_way and wanted != self.state.action:
            if self.state.asking in self.given or not any(_INSTEAD.search(fold(text)) for text in statements):
                return
            self.commands.append(c.StartAction(wanted))
        elif wanted and not under_way:
            self.commands.append(c.StartAction(wanted))
        elif not under_way and not wanted:
            self._start_by_fields()

    def _start_by_fields(self) -> None:
        named = {command.name for command in self.commands if isinstance(command, c.SetSlot)}
        for action in self.catalogue.actions:
            if any(spec.name in named and spec.type in ("provider", "specialty", "reason", "preferred_times") for spec in action.slots):
                self.commands.append(c.StartAction(action.name))
                return

    def _statements(self) -> list[str]:
        return [clause.text for clause in split(self.text) if not questions.is_question(clause)]


def _own_kinds(kind: str | None) -> tuple[str, ...]:
    return ("contact",) if kind in ("phone", "email") else (kind or "",)


def _cut(text: str, others: list[Found]) -> str:
    """The text without the values that belong to other fields, and without pieces that only introduced them."""
    whole = [value for value in others if value.kind in _CUT or value.end - value.start < len(text)]
    for value in sorted(whole, key=lambda value: -value.start):
        text = text[: value.start].rstrip() + " , " + text[value.end :].lstrip()
    pieces = [piece.strip(" ,.;:-") for piece in re.split(r"\s,\s", text)] if whole else [text]
    kept = [piece for piece in pieces if _says_something(piece)]
    return ", ".join(kept)


def _says_something(text: str) -> bool:
    """True when more than fillers and field names is left."""
    fillers = set(words("fillers")) | {word for names in labels().values() for name in names for word in name.split()}
    return any(word not in fillers for word in re.findall(r"[\w'/-]+", fold(text)))
