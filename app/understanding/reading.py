"""Reads the clauses of one message against the conversation's state and gathers commands."""

import re

from app.dialogue import commands as c
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer
from app.dialogue.state import ActionStatus, Caller, SlotStatus
from app.understanding import corrections, questions, replies
from app.understanding.agreeing import is_yes
from app.understanding.callers import caller_told
from app.understanding.clauses import Clause
from app.understanding.found import Found
from app.understanding.leaning import content, goes_on, leaning
from app.understanding.parts import parts
from app.understanding.patients import name_before_contact
from app.understanding.person import asks_for_person, person_named
from app.understanding.resolving import resolved
from app.understanding.seeking import could_be_asked, seeks
from app.understanding.slang import spelled_out
from app.understanding.stating import Stating
from app.understanding.triggers import triggered, wished_for
from app.understanding.values import find_values
from app.understanding.wished_times import (
    asks_for_times,
    asks_if_free,
    looks_like_times,
    proposes_times,
    requests_time,
    wished_day,
)

_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_REQUEST = re.compile(
    r"^(?:(?:hi|hello|hey|hola|please|ok|and|also|actually|sorry|wait|so|hmm|instead|maybe)\b[\s,]*)*(?:(?:can|"
    r"could|may|would) (?:i|we|you|"
    r"someone|somebody|anyone|it be possible)\b|is there (?:someone|somebody|anyone|a (?:person|way))\b|"
    r"(?:i(?:'d| would) like|i want|(?:(?:me|nos|le) )?(?:puedo|puede|pueden|podria|podrian)|quiero|quisiera)\b)"
)
_PRIVATE = {"phone", "email", "fax", "birth_date", "person_name", "member_id", "provider"}
"""Kinds of values that no question takes over from a statement before it."""
SENTENCE = 4
"""Words from which on a statement tells something: "I see" does not."""
_INSTEAD = re.compile(
    r"\b(?:instead|rather|actually|i want to|i'd like to|i would like to|can i|can you|can someone|"
    r"could|mejor|quiero|prefiero)\b"
)

_VERB_FIRST = re.compile(r"^(?:(?:and|so|but|ok|okay)\s+)*(?:do|does|did|will|would|is|can|could|has)(?:n'?t)?\s+")
_RATHER = re.compile(
    r"\b(?:instead|rather|actually|changed my mind|forget (?:the|about)|mejor|prefiero|en vez de|en lugar de)\b"
)
_GIVEN_UP = re.compile(
    r"\b(?:forget(?: about)?|cancel|skip|instead of|rather than|not|no|don'?t (?:want|need)|olvid\w+|cancel\w+|"
    r"en vez de)\b"
    r"(?: [\w']+){1,4}?(?=\s*[,;.]|\s+(?:and|just|but|i|i'd|y|mejor|let'?s|can)\b|$)"
)
_CALL_ME = re.compile(
    r"\b(?:call|ring|phone|text|reach|e-?mail|write|message|contact)(?: (?:to )?(?:me|us|him|her|"
    r"my \w+))?(?: (?:back|instead|rather|please))* "
    r"(?:at|on|to)\b|\b(?:ll[aá]m|marqu|escrib|mand|contact)\w*(?:me|nos|le)\b(?: \w+){0,2} (?:al?|en)\b"
)
_WHAT_IF = re.compile(r"\b(?:what|que pasa|que pasaria|y) (?:if|si)\b|\blater(?: on)?\W*$|\bmas (?:tarde|adelante)\W*$")
"""What could be changed one day is not changed now."""
_ABLE = re.compile(r"(?:(?:yo|solo|nosotros|si|y|pero|tambien)\s+)*(?:puedo|podemos|podria|podriamos)\b")
"""What somebody can is told as often as it is asked in Spanish."""
_BOOKING = "book an appointment"


class Reading(Stating):
    """One message being read."""

    def read(self, clause: Clause) -> None:
        """Adds what the clause means; what may answer the asked field is kept for `finish`."""
        self.clause = clause.text
        if self._is_reply(clause.text) or self._points_back(clause.text) or self._postpones(clause.text):
            return
        if self._pauses(clause.text):
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
        if self._asks("preferred_times") and not clause.marked and _ABLE.match(fold(clause.text)):
            return not looks_like_times(clause.text)
        if questions.is_question(clause) or self._asks_of_payer(clause.text):
            return True
        outside = self.state.status not in _OPEN and not self._started()
        return outside and seeks(spelled_out(clause.text)) and not wished_for(clause.text, self.catalogue)

    def _asks_of_payer(self, text: str) -> bool:
        """ "Will Aetna pay for this", without a question mark: nobody is called Will Aetna."""
        folded = fold(text)
        opening = _VERB_FIRST.match(folded)
        hit = find_payer(folded[opening.end() :], self.catalogue.payers) if opening else None
        return hit is not None and hit[0] == 0

    def _started(self) -> bool:
        return any(isinstance(command, c.StartAction) for command in self.commands)

    def finish(self) -> list[c.Command]:
        """The commands of the whole message, after what is left has answered the asked field."""
        self._retime()
        self._answer_asked()
        self._name_beside_contact()
        self._agree()
        self._start()
        if not self.commands and self.state.status not in _OPEN and could_be_asked(self.text):
            for part in parts(questions.bare(self.text), self.catalogue.payers):
                self._ask(questions.standalone(part, None))
        return self.commands or [c.Unclear()]

    def _name_beside_contact(self) -> None:
        """ "Tova Lindgren. 202-555-0146": a line of its own is a name where the message also says how to reach them."""
        name, contact = self._slot("person_name"), self._slot("contact")
        if not self.maybe_name and contact and contact.name in self.given:
            self.maybe_name = name_before_contact(self.text, self._means_something)
        told = {spec.name for kind in ("contact", "member_id") if (spec := self._slot(kind))} & self.given
        if self.maybe_name and name and told and name.name not in self.state.slots:
            self._take([Found("person_name", self.maybe_name, 0, 0)])

    def _means_something(self, word: str) -> bool:
        return bool(triggered(word, self.catalogue) or find_payer(word, self.catalogue.payers))

    def _is_reply(self, text: str) -> bool:
        """Replies that are about the conversation and not about a field."""
        if asks_for_person(text) or self._asks_by_name(text):
            self.commands.append(c.RequestHuman())
        elif replies.is_start_over(text):
            self.commands.append(c.StartOver())
        elif replies.is_cancel(text) and not self._reconsiders(text):
            self.commands.append(c.CancelAction())
        elif self.state.emergency and replies.resumes(text):
            self.commands.append(c.ResumeIntake())
        elif self.asked and replies.asks_why(text):
            self.commands.append(c.AskWhy())
        elif (kind := replies.smalltalk(text)) and not (self.confirming and is_yes(text)):
            self.commands.append(c.SmallTalk(kind))
        else:
            return False
        return True

    def _asks_by_name(self, text: str) -> bool:
        name = person_named(text)
        return bool(name) and find_payer(name, self.catalogue.payers) is None

    def _question(self, text: str) -> None:
        self._asks_at_read_back(text)
        if self._requests(text) or self._wishes_time(text):
            return
        if self._filled("preferred_times") and (asks_for_times(text) or asks_if_free(text)):
            self.times.append(text)
            return
        if corrections.corrects(text) and not _WHAT_IF.search(fold(text)) and self._changes(text):
            return
        values = find_values(text, self.catalogue.payers, None)
        self._take([value for value in values if value.kind in ("phone", "email", "fax")])
        self._remember_carrier(text)
        for place, part in enumerate(parts(questions.bare(text), self.catalogue.payers)):
            whole = questions.standalone(part, self._known_carrier(), self._just_told())
            self._ask(whole, takes_up=not place and goes_on(text))

    def _requests(self, text: str) -> bool:
        """ "Can someone call me instead?": what an action does, in the form of a question."""
        said = fold(text).lstrip("¿¡ ")
        wanted = triggered(text, self.catalogue, request=True) if _REQUEST.search(said) else None
        if not wanted:
            return False
        if self.state.status in _OPEN and self._only_reaches(text):
            self._take([one for one in find_values(text, self.catalogue.payers) if one.kind in ("phone", "email")])
            return True
        self.commands.append(c.StartAction(wanted))
        self._take(find_values(text, self.catalogue.payers, None))
        self._take_wished_day(text)
        if self._asks("preferred_times") and looks_like_times(text):
            self.rest.append(questions.bare(text).rstrip("?"))
        return True

    def _take_wished_day(self, text: str) -> None:
        """ "Could somebody ring me tomorrow about a bill", "book an evaluation for Thursday": with the day."""
        spec = self._slot("preferred_times", only_new=True)
        if spec is None or spec is self.asked or spec.name in self.given or spec.name in self.state.slots:
            return
        if day := wished_day(text):
            self._set(spec, day)

    def _wishes_time(self, text: str) -> bool:
        """ "Can I come on Wednesday around 5:30?": a wish that can be noted; nobody here sees the calendar."""
        spec = self._slot("preferred_times")
        if spec is None or spec.name in self.state.slots:
            return False
        asked = self._asks("preferred_times")
        if not requests_time(text) and not (asked and (asks_if_free(text) or proposes_times(text))):
            return False
        if self._asks("preferred_times"):
            self.rest.append(questions.bare(text).rstrip("?"))
            return True
        self._set(spec, questions.bare(text).rstrip("?"))
        if self.state.status not in _OPEN and not self._started():
            wanted = triggered(_BOOKING, self.catalogue)
            able = [a.name for a in self.catalogue.actions if a.slot(spec.name)]
            self.commands.append(c.StartAction(wanted if wanted in able else able[0]))
        return True

    def _switches(self, text: str) -> bool:
        """ "Actually I'd rather book an appointment": another action than the one under way."""
        if self.state.status not in _OPEN or self._started():
            return False
        wanted = triggered(_GIVEN_UP.sub(" ", fold(text)), self.catalogue)
        cue = _RATHER if self.asked and self.asked.type in ("reason", "text") else _INSTEAD
        if not wanted or wanted == self.state.action or not cue.search(fold(text)) or self._only_reaches(text):
            return False
        self.commands.append(c.StartAction(wanted))
        self._take([value for value in find_values(text, self.catalogue.payers) if value.kind != "reason"])
        for piece in text.split(","):
            told = [value for value in find_values(piece, self.catalogue.payers) if value.kind == "reason"]
            self._take([value for value in told if not triggered(value.said, self.catalogue)])
        return True

    def _only_reaches(self, text: str) -> bool:
        """ "Better call me at 703-555-0144" gives the number for the request under way, and wants no other one."""
        spec = self._slot("contact")
        action = self.catalogue.action(self.state.action)
        if spec is None or action is None or action.slot(spec.name) is None or not _CALL_ME.search(fold(text)):
            return False
        return any(value.kind in ("phone", "email") for value in find_values(text, self.catalogue.payers))

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
            if 2 <= len(text.split()) <= 14 and not kinds & _PRIVATE:
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
        if self._switches(text):
            return
        if self.confirming:
            self._at_read_back(text)
            return
        if is_yes(text):
            self._yes_or_no("yes", text)
            return
        if replies.is_no(text):
            self._yes_or_no("no", text)
            return
        answer, rest = replies.leading(text)
        if answer == "no" or (answer and self._asks("yes_no")):
            self._yes_or_no(answer, answer, alone=False)
        self._tells(rest if answer else text, text)

    def _start(self) -> None:
        """Starts what the message wants; what it gives away starts the first action that can use it."""
        if any(isinstance(command, c.StartAction | c.CancelAction) for command in self.commands):
            return
        statements = [clause for clause in self._statements() if not replies.smalltalk(clause)]
        wanted = next((name for text in statements if (name := triggered(text, self.catalogue))), None)
        under_way = self.state.status in _OPEN
        if wanted and under_way and wanted != self.state.action:
            if self._only_reaches(self.text):
                return
            if self.state.asking in self.given or not any(_INSTEAD.search(fold(text)) for text in statements):
                return
            self.commands.append(c.StartAction(wanted))
        elif wanted and not under_way:
            self.commands.append(c.StartAction(wanted))
        elif not under_way and not wanted:
            self._start_by_fields()

    def _start_by_fields(self) -> None:
        if caller_told(self.text) is Caller.EXISTING_PATIENT:
            return
        named = {command.name for command in self.commands if isinstance(command, c.SetSlot)}
        for action in self.catalogue.actions:
            if any(
                spec.name in named and spec.type in ("provider", "specialty", "reason", "preferred_times")
                for spec in action.slots
            ):
                self.commands.append(c.StartAction(action.name))
                return

    def _statements(self) -> list[str]:
        return [clause.text for clause in self.clauses if not self._is_question(clause)]
