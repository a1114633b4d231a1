"""Reads a message as a change of something that was given before."""

import re
from typing import Literal

from rapidfuzz import fuzz

from app.dialogue import commands as c
from app.dialogue.action import SlotSpec
from app.dialogue.slots import ParseContext, Parsed, parse
from app.dialogue.slots.dates import find_date, weekdays_in
from app.dialogue.slots.fold import fold
from app.dialogue.slots.hours import span_of
from app.dialogue.slots.insurance import find_payer
from app.dialogue.slots.names import PARTICLES, RELATION
from app.dialogue.state import SlotStatus
from app.understanding import corrections, earlier
from app.understanding.digits import NUMBERED, fragment
from app.understanding.fields import by_field, filled_specs, judged, labelled, says_something
from app.understanding.found import Found
from app.understanding.gathering import KINDS, Gathering
from app.understanding.lexicon import pattern, tells_complaint
from app.understanding.openings import opening_removed
from app.understanding.people import doctor_called, looks_like_name
from app.understanding.specialties import specialty_span
from app.understanding.spelling import like_part
from app.understanding.values import find_values
from app.understanding.wished_times import ANY_DAY, looks_like_times, tells_a_wish

_BY_LABEL = ("provider", "person_name", "specialty", "text", "choice", "yes_no", "zip", "date")
_REMOVES = re.compile(
    r"\b(?:remove|delete|take (?:out|off)|leave (?:out|off)|erase|clear|get rid of|drop|quit[ea]r?|elimin[ea]r?|"
    r"borr[ea]r?|saque)\b"
)
_NOT_MINE = re.compile(
    r"\b(?:that|this|it)(?:'s| is| was)(?: not|n't) (?:my|the|his|her|our)\b|\b(?:different|another|new|other) \w+$|"
    r"\b(?:es[eao]|est[eao]) no es (?:mi|el|la)\b"
)
_MAY_BE = re.compile(
    r"\b(?:might|may|could|maybe|perhaps|possibly|not sure (?:if|whether)|a lo mejor|puede que|podria|quizas?|"
    r"tal vez)\b"
    r"[^.;!?]{0,30}\b(?:wrong|incorrect|different|off|old|mal|equivocad[oa])\b"
)
"""What might be wrong is not taken back."""
_EXCEPT = re.compile(
    r"^(?:(?:but|and|just|please|sorry|actually|pero|y)\s+)*(?:not|no|never|except(?: for)?|remove|drop|take out|skip|"
    r"(?:i )?(?:can'?t|cannot|can not) (?:do|make|come)(?: it)?(?: on)?|(?:i'?m )?not available(?: on)?|no puedo|"
    r"menos|quite|excepto)\s+"
    r"(?:on |the |any |el |la |los |las )*"
)
_ALSO = re.compile(
    r"^(?:(?:ok|oh|well)[\s,]+)*(?:and|also|or|plus|y|o|tambien|ademas)\b|\b(?:also|too|as well|add|tambien|ademas|"
    r"agregue)\b"
)
_PIECES = re.compile(r"\s*[,;]\s*(?:(?:and|y)\s+)?|\s+(?:and|also|plus|y|tambi[eé]n)\s+(?=[^\W\d])", re.IGNORECASE)
_CHANGED = re.compile(r"\b(?:changed|has changed|is different|got married|(?:ha )?cambio|(?:me )?case)\b")
_NAMES = ("provider", "person_name")
_DAYS = ("event_date", "birth_date", "date")
_DAY_ALONE = re.compile(r"(?:(?:on )?the |el (?:dia )?)?(?P<day>\d{1,2})(?:st|nd|rd|th)?")
_RELATIVE = re.compile(rf"\b{RELATION}\b")
_NAME_IN_FULL = re.compile(
    rf"\s*(?P<name>(?P<first>[^\W\d_][\w'’-]*)(?:\s+(?:(?:{'|'.join(sorted(PARTICLES))})\s+)*[A-ZÀ-Þ][^\W\d_][\w'’-]*){{1,4}})"
    r"\s*(?:$|[.!]$|[,;:-]?\s*(?=[\d(+]))"
)
"""Alone, or before a number."""
_MAY_BE_NAMED = ("provider", "reason", "text", "preferred_times")
"""Fields whose values may begin like a patient's name: a doctor called Ana too, "April afternoons"."""
_ALIKE = 50
_FEW = 7
_SHORT_ANSWER = 4
_HOUR = re.compile(r"(?<![\w:])(?:[1-9]|1[0-2])(?::[0-5]\d)?(?P<half> ?[ap]\.?m\b\.?)?(?![\w:])")
_HOUR_ALONE = re.compile(
    r"(?:at |around |about |a las? )?(?P<hour>(?:[1-9]|1[0-2])(?::[0-5]\d)?)(?P<half> ?[ap]\.?m\b\.?)?"
    r"(?: o'?clock)?(?: instead| please| por favor| mejor)*"
)
_PUTS_HOUR = re.compile(
    r"\b(?:make (?:it|that)|let'?s (?:say|do)|(?:at|around|a las?) \d|o'?clock|ponga)\b|\d ?[ap]\.?m\b"
)
"""What tells that a number alone is an hour."""
_BESIDE = ("phone", "email", "member_id")
Restated = Literal["instead", "also", "except"]


class Changing(Gathering):
    """Adds corrections."""

    def _changes(self, text: str) -> bool:
        """True when the text changes fields that were given."""
        if self._asks("provider") and doctor_called(text):
            return False
        filled = filled_specs(self.state, self.catalogue)
        parts = by_field(text, filled)
        wrong = len(parts) > 1 and bool(pattern("wrong").search(fold(text)))
        left = [part for part in parts if not self._changes_one(part, filled, wrong=wrong)]
        if len(left) == len(parts):
            return False
        for part in left:
            self._take(find_values(part, self.catalogue.payers))
        self._times_beside(text)
        return True

    def _times_beside(self, text: str) -> None:
        """ "Mondays after 3, and use my e-mail": the pieces beside a change that tell of times and of nothing else."""
        spec = self._filled("preferred_times") or (self.asked if self._asks("preferred_times") else None)
        days = {one.name for one in filled_specs(self.state, self.catalogue) if one.type in _DAYS}
        if days & self.given:
            return
        if spec is None or spec.name in self.given or self.times:
            return
        for piece in _PIECES.split(text):
            told = find_values(piece, self.catalogue.payers, "preferred_times")
            if told or not looks_like_times(piece) or not tells_a_wish(piece):
                continue
            if spec is self.asked:
                self.rest.append(piece)
            else:
                self._retimes(opening_removed(piece), piece)

    def _changes_one(self, text: str, filled: list[SlotSpec], *, wrong: bool) -> bool:
        if self._removes(text, filled) or self._narrows(text) or self._judges(text, filled):
            return True
        if patch := corrections.patched(text, self.state, self.catalogue):
            self._correct(patch.name, patch.said)
            self._take_new(text)
            return True
        named = labelled(text, filled)
        if named and named[1] and named[0].type in _BY_LABEL:
            part = like_part(named[1], self.state, [named[0]]) if self._respells(*named) else None
            self._correct(named[0].name, part.said if part else self._titled(*named))
            return True
        return (
            self._redates(text, filled)
            or self._gives_again(text, filled)
            or self._moves_time(text)
            or self._mends_piece(text, filled)
            or self._renamed(text, filled, wrong=wrong)
        )

    def _judges(self, text: str, filled: list[SlotSpec]) -> bool:
        """ "The phone is right", "my insurance isn't"."""
        found = judged(text, filled)
        if found is None:
            return False
        spec, right = found
        if right:
            self._keep(spec)
        else:
            self._correct(spec.name, "")
        return True

    def _gives_again(self, text: str, filled: list[SlotSpec]) -> bool:
        """Another value of a kind that was given: by its form alone."""
        kinds = self.asked.type if self.asked else None
        if (specialty := self._filled("specialty")) and specialty_span(opening_removed(text), whole=True):
            self._correct(specialty.name, opening_removed(text))
            return True
        values = [
            value
            for value in find_values(opening_removed(text) or text, self.catalogue.payers, kinds)
            if value.kind != "reason" or self.confirming
        ]
        values = [value for value in values if value.kind != "specialty" or self._tells_specialty(text)]
        taken = [(spec, value) for value in values if (spec := _holder(value, filled))]
        for spec, value in taken:
            if spec.type == "preferred_times":
                self._retimes(value.said, text)
            else:
                self._correct(spec.name, value.said, _how(text) if spec.type in ("reason", "text") else "instead")
        if taken:
            self._take([value for value in values if all(value is not other for _, other in taken)])
        return bool(taken)

    def _tells_specialty(self, text: str) -> bool:
        """ "My surgeon will be happy" tells of a surgeon, and not that the doctor who referred is one."""
        return len(text.split()) <= _SHORT_ANSWER or corrections.corrects(text) or "dr" in fold(text).split()

    def _take_new(self, text: str) -> None:
        """What stands beside a correction and answers a field that is still open: "W1234567, and it's not Cigna"."""
        for value in find_values(text, self.catalogue.payers, self.asked.type if self.asked else None):
            spec = self._slot(value.kind, only_new=True)
            if spec and value.kind in _BESIDE and spec.name not in self.state.slots:
                self._take([value])

    def _names_fully(self, text: str) -> str:
        """Takes "Ana Roy" after "Ana": the first name that was given, now with the last one. Returns what is left."""
        spec = self._filled("person_name")
        if spec is None or (self.asked and self.asked.type in _MAY_BE_NAMED):
            return text
        first = str(self.state.slots[spec.name].value)
        hit = _NAME_IN_FULL.match(text)
        if " " in first or hit is None or fold(hit["first"]) != fold(first) or not self._could_be(spec, hit["name"]):
            return text
        self._correct(spec.name, hit["name"])
        return text[hit.end() :].strip(" ,.;:-")

    def _redates(self, text: str, filled: list[SlotSpec]) -> bool:
        """ "No, the 21st" right after a day was given; a number alone keeps its month and year."""
        bare = opening_removed(text)
        if not filled or filled[0].type not in _DAYS or len(bare.split()) > _FEW:
            return False
        if number := _DAY_ALONE.fullmatch(fold(bare)):
            known = self.state.slots[filled[0].name]
            year_month, day = str(known.value)[:8], int(str(known.value)[8:])
            told, count = re.subn(rf"(?<![\d:])0?{day}(?=\D|$)", number["day"], known.said)
            self._correct(filled[0].name, told if count == 1 else f"{year_month}{int(number['day']):02d}")
            return True
        if not find_date(fold(bare), ANY_DAY) or not self._could_be(filled[0], bare):
            return False
        self._correct(filled[0].name, bare)
        return True

    def _moves_time(self, text: str) -> bool:
        """ "I meant Thursday", "also Fridays": days or hours alone, where a wish was given."""
        bare = opening_removed(text)
        if self._moves_hour(bare, text):
            return True
        if not self._filled("preferred_times") or len(bare.split()) > _FEW or not looks_like_times(bare):
            return False
        self._retimes(bare, text)
        return True

    def _moves_hour(self, bare: str, text: str) -> bool:
        """ "Make that 9" after "Thursdays 8am": the one hour of the wish, its half of the day kept."""
        spec, new = self._filled("preferred_times"), _HOUR_ALONE.fullmatch(fold(bare))
        if spec is None or new is None or not _PUTS_HOUR.search(fold(text)):
            return False
        said = self.state.slots[spec.name].said
        hours = list(_HOUR.finditer(fold(said)))
        if len(hours) != 1 or len(fold(said)) != len(said):
            return False
        half = new["half"] or hours[0]["half"] or ""
        self._correct(spec.name, f"{said[: hours[0].start()]}{new['hour']}{half}{said[hours[0].end() :]}")
        return True

    def _mends_piece(self, text: str, filled: list[SlotSpec]) -> bool:
        """A few digits, or one word of a name, that stand for a part of what was given."""
        bare = opening_removed(text)
        asks_number = self.asked is not None and self.asked.type in NUMBERED
        found = None if asks_number else fragment(fold(bare), self.state, filled)
        found = found or corrections.renamed(text, self.state, self.catalogue)
        word = 1 <= len(bare.split()) <= 2 and bare.replace(" ", "").isalpha()
        if found is None and word and (self.confirming or bare != text.strip(" .!?")):
            known = find_payer(fold(bare), self.catalogue.payers)
            found = None if known else like_part(bare, self.state, filled)
        if found:
            self._correct(found.name, found.said)
        return found is not None

    def _renamed(self, text: str, filled: list[SlotSpec], *, wrong: bool) -> bool:
        if named_anew := corrections.renamed(text, self.state, self.catalogue):
            self._correct(named_anew.name, named_anew.said)
            return True
        named = labelled(text, filled)
        bare, folded = opening_removed(text), fold(text)
        wrong = wrong or bool(pattern("wrong").search(folded) or _NOT_MINE.search(folded))
        wrong = wrong and not _MAY_BE.search(folded)
        if named and (named[1] or wrong or (self.confirming and not says_something(bare))):
            if named[1] or named[0] is not self.asked:
                self._correct(named[0].name, named[1])
                return True
        elif bare and filled and pattern("last_slot").search(folded) and self._could_be(filled[0], bare):
            self._correct(filled[0].name, bare)
            return True
        return False

    def _could_be(self, spec: SlotSpec, said: str) -> bool:
        """Whether the words can be a value of the field, and are no sentence about something else."""
        if len(said.split()) > _FEW or (spec.type in ("person_name", "provider") and not looks_like_name(said)):
            return False
        if spec.type not in ("reason", "text") and tells_complaint(fold(said)):
            return False
        return isinstance(parse(spec.type, said, ParseContext(ANY_DAY, self.catalogue.payers)), Parsed)

    def _faults(self, text: str) -> bool:
        """ "My phone is wrong": a short sentence that finds fault with a field that was given."""
        if len(text.split()) > 7 or not pattern("wrong").search(fold(text)):
            return False
        return labelled(text, filled_specs(self.state, self.catalogue)) is not None

    def _tells_anew(self, text: str) -> bool:
        """ "The doctor is Amy Woo", "my last name changed, I'm Ana Roy": a name that was given is told otherwise."""
        folded = fold(text)
        if _CHANGED.search(folded) and labelled(text, filled_specs(self.state, self.catalogue)):
            return True
        named = labelled(text, [spec for spec in filled_specs(self.state, self.catalogue) if spec.type in _NAMES])
        if (
            named is None
            or not named[1]
            or re.search(r"[\d@]", named[1])
            or (named[0].type == "person_name" and _RELATIVE.search(folded))
        ):
            return False
        said = re.split(r"[,;(]", named[1])[0].strip()
        old = str(self.state.slots[named[0].name].value)
        alike = fuzz.partial_ratio(fold(said), fold(old)) >= _ALIKE
        return alike and len(said.split()) <= _SHORT_ANSWER and looks_like_name(said) and fold(said) not in fold(old)

    def _removes(self, text: str, filled: list[SlotSpec]) -> bool:
        """ "Remove my member ID": given, but not to be sent."""
        folded = fold(text)
        named = labelled(text, filled) if _REMOVES.search(folded) else None
        if not named or named[1] or find_values(text, self.catalogue.payers) or len(folded.split()) > 10:
            return False
        self._skip(named[0], "declined")
        return True

    def _narrows(self, text: str) -> bool:
        """ "Not Thursday", "I can't do Fridays": days that go out of the wish that was given."""
        folded = fold(text)
        hit = _EXCEPT.match(folded)
        spec = self._filled("preferred_times")
        if spec is None or hit is None or len(folded) != len(text) or "," in folded[hit.end() :]:
            return False
        days = folded[hit.end() :].strip(" .!?")
        if len(days.split()) > 5 or span_of(days) or not (weekdays_in(days) or find_date(days, ANY_DAY)):
            return False
        self._correct(spec.name, days, "except")
        return True

    def _respells(self, spec: SlotSpec, said: str) -> bool:
        """True for one word where a name of several was given: it may be one of its parts, spelled otherwise."""
        several = len(str(self.state.slots[spec.name].value).split()) > 1
        return spec.type == "person_name" and several and len(said.split()) == 1

    def _titled(self, spec: SlotSpec, said: str) -> str:
        """A doctor keeps the title when only the name is told."""
        title = re.match(r"Dra?\.\s", str(self.state.slots[spec.name].value)) if spec.type == "provider" else None
        return title[0] + said if title and re.fullmatch(r"[^\W\d_][\w'-]*(?: [^\W\d_][\w'-]*)?", said) else said

    def _retimes(self, said: str, text: str) -> None:
        self.times.append(said)
        if _how(text) == "also":
            self.times_how = "also"

    def _retime(self) -> None:
        """All days and hours of the message are one wish."""
        if self.times and (spec := self._filled("preferred_times")):
            self.commands = [command for command in self.commands if command != c.CorrectSlot(spec.name, "")]
            self._correct(spec.name, ". ".join(self.times), self.times_how)

    def _points_back(self, text: str) -> bool:
        """What was said before holds, or the last of it goes."""
        asked = self.asked
        if earlier.takes_back(text) and self.state.slots:
            if self.confirming:
                self.commands.append(c.Deny())
            else:
                self._correct(list(self.state.slots)[-1], "")
            return True
        if earlier.told_already(text) and (told := self._told(text)):
            self._keep(told)
            return True
        if not earlier.same_as_before(text) and not self._reconsiders(text):
            return False
        named = labelled(text, self._known_specs())
        spec = next((s for s in (named[0] if named else None, asked) if s and self._given_before(s)), None)
        if spec is None:
            return False
        self._keep(spec)
        return True

    def _reconsiders(self, text: str) -> bool:
        """ "Never mind" where a field is asked again takes that back, and not the whole request."""
        return (
            self.asked is not None
            and self._former(self.asked)
            and (earlier.is_never_mind(text) or earlier.same_as_before(text))
        )

    def _told(self, text: str) -> SlotSpec | None:
        """The field that was given and is named as given."""
        if find_values(text, self.catalogue.payers, self.asked.type if self.asked else None):
            return None
        named = labelled(text, self._known_specs())
        return named[0] if named and not named[1] and self._given_before(named[0]) else None

    def _known_specs(self) -> list[SlotSpec]:
        names = [*self.state.slots, *self.state.former]
        return [spec for name in dict.fromkeys(names) if (spec := self.catalogue.spec(name, self.state.action))]

    def _given_before(self, spec: SlotSpec) -> bool:
        known = self.state.slots.get(spec.name)
        return self._former(spec) or (known is not None and known.status is SlotStatus.FILLED)

    def _former(self, spec: SlotSpec) -> bool:
        return spec.name in self.state.former


def _holder(value: Found, filled: list[SlotSpec]) -> SlotSpec | None:
    return next((spec for spec in filled if spec.type in KINDS.get(value.kind, (value.kind,))), None)


def _how(text: str) -> Restated:
    return "also" if _ALSO.search(fold(text)) else "instead"
