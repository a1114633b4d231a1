"""Reads the clauses of one message against the conversation's state and gathers commands."""

import re

from app.dialogue import commands as c
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer
from app.dialogue.state import ActionStatus, SlotStatus
from app.understanding import corrections, questions, replies
from app.understanding.clauses import Clause, split
from app.understanding.leaning import content, goes_on, leaning
from app.understanding.parts import parts
from app.understanding.replying import Replying
from app.understanding.resolving import resolved
from app.understanding.seeking import could_be_asked, seeks
from app.understanding.slang import spelled_out
from app.understanding.triggers import triggered, wished_for
from app.understanding.values import find_values
from app.understanding.wished_times import asks_for_times, looks_like_times

_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_REQUEST = re.compile(
    r"^(?:(?:hi|hello|hey|hola|please|ok|and|also)\b[\s,]*)*(?:(?:can|could|may|would) (?:i|we|you|"
    r"someone|somebody|anyone|it be possible)\b|is there (?:someone|somebody|anyone|a (?:person|way))\b|"
    r"(?:i(?:'d| would) like|i want|puedo|pueden|podria|podrian|quiero|quisiera)\b)"
)
SENTENCE = 4
"""Words from which on a statement tells something: "I see" does not."""
_INSTEAD = re.compile(
    r"\b(?:instead|rather|actually|i want to|i'd like to|i would like to|can i|can you|can someone|"
    r"could|mejor|quiero|prefiero)\b"
)


class Reading(Replying):
    """One message being read."""

    def read(self, clause: Clause) -> None:
        """Adds what the clause means; what may answer the asked field is kept for `finish`."""
        if self._is_reply(clause.text):
            return
        if questions.is_tag(clause):
            if self.carrier and questions.asks_if_taken(clause):
                self._ask(questions.standalone(clause.text, self.carrier))
            return
        if self._is_question(clause):
            self._question(clause.text)
        else:
            self._statement(clause.text)
            self.told.append(clause.text)

    def _is_question(self, clause: Clause) -> bool:
        if self.asked and self.asked.type in ("reason", "text") and questions.tells_a_topic(clause):
            return False
        if questions.is_question(clause):
            return True
        outside = self.state.status not in _OPEN and not self._started()
        return outside and seeks(spelled_out(clause.text)) and not wished_for(clause.text, self.catalogue)

    def _started(self) -> bool:
        return any(isinstance(command, c.StartAction) for command in self.commands)

    def finish(self) -> list[c.Command]:
        """The commands of the whole message, after what is left has answered the asked field."""
        self._retime()
        self._answer_asked()
        self._start()
        if not self.commands and self.state.status not in _OPEN and could_be_asked(self.text):
            for part in parts(questions.bare(self.text), self.catalogue.payers):
                self._ask(questions.standalone(part, None))
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
        elif self.asked and replies.asks_why(text):
            self.commands.append(c.AskWhy())
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
        if asks_for_times(text) and self._filled("preferred_times"):
            self.times.append(text)
            return
        if corrections.corrects(text) and self._changes(text):
            return
        values = find_values(text, self.catalogue.payers, None)
        self._take([value for value in values if value.kind == "contact"])
        self._remember_carrier(text)
        for place, part in enumerate(parts(questions.bare(text), self.catalogue.payers)):
            whole = questions.standalone(part, self._known_carrier(), self._just_told())
            self._ask(whole, takes_up=not place and goes_on(text))

    def _ask(self, question: str, *, takes_up: bool = False) -> None:
        """Adds the question with what it takes from the one before it, in this message or an earlier one."""
        before = self.asked_before[-1] if self.asked_before and not self._told_first() else ""
        whole = resolved(question, before, self.catalogue.payers, goes_on=takes_up)
        self.asked_before.append(whole)
        leans = max(leaning(question), float(takes_up)) if before else 0.0
        said = question if leans and content(question) else ""
        self.commands.append(c.AskQuestion(whole, said, leans))

    def _told_first(self) -> bool:
        """Whether this message tells what its first question leans on."""
        asked_already = any(isinstance(command, c.AskQuestion) for command in self.commands)
        return not asked_already and any(len(text.split()) >= SENTENCE for text in self.told)

    def _just_told(self) -> str | None:
        """The last statement that could be what a question leans on: short, and telling nothing private."""
        for text in reversed(self.told):
            kinds = {value.kind for value in find_values(text, self.catalogue.payers)}
            if 2 <= len(text.split()) <= 14 and not kinds & {"contact", "person_name", "member_id", "provider"}:
                return text
        return None

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
        if self.confirming and replies.opens_with_yes(text) and not self._tells_more(text):
            self.commands.append(c.Affirm())
            return
        text_after = rest if answer else text
        if self._withheld(text_after):
            return
        partial = corrections.renames(text_after)
        if (corrections.corrects(self._cue(text)) or self.confirming or partial) and self._changes(text_after):
            return
        if self.confirming and self._filled("preferred_times") and looks_like_times(text_after):
            self.times.append(corrections.opening_removed(text_after))
            return
        self._fields(text_after)

    def _tells_more(self, text: str) -> bool:
        """True when a text that opens with yes also changes or gives something."""
        return corrections.corrects(text) or bool(find_values(text, self.catalogue.payers))

    def _cue(self, text: str) -> str:
        """Where to look for "no, sorry, wait": in this clause and in the one before it."""
        before = self.told[-1] if self.told else ""
        return f"{before}. {text}" if len(before.split()) <= 8 else text

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
            if any(
                spec.name in named and spec.type in ("provider", "specialty", "reason", "preferred_times")
                for spec in action.slots
            ):
                self.commands.append(c.StartAction(action.name))
                return

    def _statements(self) -> list[str]:
        return [clause.text for clause in split(self.text) if not self._is_question(clause)]
