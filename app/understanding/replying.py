"""Reads a message as the reply to the field being asked: a value, a refusal, yes or no."""

import re
from datetime import date

from app.dialogue import commands as c
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed, Rejected
from app.dialogue.slots.fold import fold
from app.dialogue.slots.hours import span_of
from app.dialogue.slots.insurance import find_payer
from app.understanding import earlier, replies
from app.understanding.belonging import is_for_asked, takes_number
from app.understanding.capitals import lone_name
from app.understanding.changing import Changing
from app.understanding.coverage import denies_only
from app.understanding.fields import form_line, labelled, says_something
from app.understanding.found import Found
from app.understanding.gathering import KINDS
from app.understanding.labelled import KINDS as TOLD_BY_NAME
from app.understanding.labelled import told_by_name
from app.understanding.lexicon import tells_complaint
from app.understanding.listing import REACHES, listed_values, lone_value, stands_as_name
from app.understanding.people import looks_like_name, name_first
from app.understanding.talk import is_talk
from app.understanding.triggers import triggered
from app.understanding.values import find_values
from app.understanding.wished_times import ANY_DAY, looks_like_times, names_times

_CUT = ("phone", "email", "fax", "person_name", "member_id", "carrier", "provider", "npi", "zip", "birth_date")
_FREE = ("reason", "text")
_EDGE = re.compile(r"^[^\w('\"]+|[^\w.)'\"]+$")
_LAST_FIRST = re.compile(r"[^\W\d_][\w'’-]*,\s+[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*)?")
"""As files have names: "Finch, Howard A."."""
_BEFORE_NAME = re.compile(r"^(?:my|the|his|her|mi|su) \w{3,7} (?:is|es) (?=\w)", re.IGNORECASE)
"""Whatever stands for "name", also misspelled."""


class Replying(Changing):
    """Adds what answers the asked field."""

    def _fields(self, text: str) -> None:
        kind = self.asked.type if self.asked else None
        text = self._take_named(text)
        if not text or (kind == "reason" and earlier.hard_to_say(text)):
            return
        if kind == "carrier" and denies_only(text, self.catalogue.payers):
            return
        values = find_values(text, self.catalogue.payers, kind)
        if kind not in (*_FREE, "preferred_times", "choice"):
            values = listed_values(text, self.catalogue) or values or lone_value(text, self.catalogue)
        line = form_line(text)
        if line and all(value.kind != line[0] for value in values) and self._slot(line[0]):
            values = [*values, Found(line[0], line[1], text.find(line[1]), len(text))]
        elif line and line[0] == "person_name" and _LAST_FIRST.fullmatch(line[1]):
            whole = Found(line[0], line[1], text.find(line[1]), len(text))
            values = [whole, *(value for value in values if value.kind != "person_name")]
        if kind == "preferred_times" and not values and self._tells_complaint_only(text):
            self._take(find_values(text, self.catalogue.payers))
            return
        if self.asked and self.asked.name not in self.given and self._is_for_asked(text, values):
            self._set(self.asked, text)
            return
        if not any(value.kind in (*REACHES, "member_id") for value in values):
            self._late_number(text)
        if self.asked and self.asked.name not in self.given:
            own = [v for v in values if v.kind in _own_kinds(kind)]
            others = [v for v in values if v not in own]
            if own and kind not in _FREE and kind != "preferred_times":
                self._set(self.asked, text if self._begins_with_letters(text, own[0].said) else own[0].said)
            elif self._names_option(self.asked, text):
                self._set(self.asked, text)
            else:
                self._keep_rest(text, others)
            self._take(others)
        else:
            self._take(values)
            if not values:
                self._labelled_new(text)
            if not values and stands_as_name(text, self.catalogue, alone=self._own_line(text)):
                self.maybe_name = text

    def _begins_with_letters(self, text: str, found: str) -> bool:
        """ "Capital J, capital Q, then 200 718 334": the letters before the digits that were found belong to them."""
        if self.asked is None or self.asked.type != "member_id":
            return False
        whole, part = (self._read(self.asked, said) for said in (text, found))
        if not (isinstance(whole, Parsed) and isinstance(part, Parsed)):
            return False
        head = whole.value.removesuffix(part.value)
        return head != whole.value and 1 <= len(head) <= 3 and head.isalpha()

    def _take_named(self, text: str) -> str:
        """Fields of the clinic's own that are given by their names, asked for or not; what is left of the text."""
        action = self.catalogue.action(self.state.action)
        named = {
            spec.name: spec
            for one in ([action] if action else self.catalogue.actions)
            for spec in one.slots
            if spec.type in TOLD_BY_NAME and spec.name in self._asked_for(one)
        }
        specs = [one for one in named.values() if one.name not in self.state.slots and one is not self.asked]
        taken: list[tuple[int, int]] = []
        for spec, said, span in told_by_name(text, specs):
            if spec.name not in self.given and isinstance(self._read(spec, said), Parsed):
                self._set(spec, said)
                taken.append(span)
        for start, end in sorted(taken, reverse=True):
            text = f"{text[:start].rstrip(' ,.;')}, {text[end:].lstrip(' ,.;')}".strip(" ,.;")
        return text if not taken or says_something(text) else ""

    def _read(self, spec: SlotSpec, said: str) -> Parsed | Rejected:
        return read_value(spec, said, ANY_DAY, self.catalogue.payers, self.state.language)

    def _tells_complaint_only(self, text: str) -> bool:
        """ "My shoulder hurts too now", where days are asked for."""
        timed = looks_like_times(text) or names_times(text) or replies.any_time(text) or replies.refusal(text)
        return not timed and tells_complaint(fold(text))

    def _is_for_asked(self, text: str, values: list[Found]) -> bool:
        reachable = self._filled("contact") is not None
        return self.asked is not None and is_for_asked(self.asked, text, values, reachable, self.state.language)

    def _own_line(self, text: str) -> bool:
        """True for a line of a message that has several."""
        return len(self.lines) > 1 and text.strip(" .,;") in self.lines

    def _names_option(self, spec: SlotSpec, text: str) -> bool:
        """An option may be made of words that elsewhere only introduce a value, or that start an action: "by mail"."""
        read = spec.type == "choice" and read_value(spec, text, date.min, {}, self.state.language)
        return isinstance(read, Parsed)

    def _pauses(self, text: str) -> bool:
        """ "One sec", "where were we": says nothing about any field; the question that waits is put again."""
        kind = replies.pause(text) if self.state.action else None
        if kind == "back" and self._names_body(text):
            return False
        if kind == "pause" and find_values(text, self.catalogue.payers, self.asked.type if self.asked else None):
            return False
        if kind:
            self.commands.append(c.SmallTalk(kind))
            self.doubted = True
        return kind is not None

    def _names_body(self, text: str) -> bool:
        """ "Back", where the reason or the place is asked for, is no word of somebody who was away."""
        return self.asked is not None and self.asked.type in ("reason", "body_part") and replies.bare(text) == "back"

    def _keep_rest(self, text: str, others: list[Found]) -> None:
        """Keeps what may be the asked field's value; a sentence that says what is wanted is no name or number."""
        if self.asked is None:
            return
        if any(value.kind in ("reason", "preferred_times") and self._is_new(value) for value in others):
            return
        rest = _cut(text, others)
        if others and self.asked.type == "preferred_times" and not (looks_like_times(rest) or replies.any_time(rest)):
            return
        if self.asked.type not in (*_FREE, "preferred_times", "person_name") and triggered(rest, self.catalogue):
            return
        if self.asked.type in _NAMED and _is_a_sentence(rest) and not _names_one(rest, self.catalogue):
            return
        if self.asked.type == "carrier" and tells_complaint(fold(rest)) and not _names_one(rest, self.catalogue):
            self._take(find_values(rest, self.catalogue.payers))
            return
        if self.asked.type == "provider" and is_talk(rest):
            self._take([one for one in find_values(rest, self.catalogue.payers) if self._is_new(one)])
            return
        if self.asked.type == "member_id" and _tells_no_id(rest):
            self._skip(self.asked, "unknown")
            return
        if self.asked.type == "person_name":
            bare = (_BEFORE_NAME.sub("", _EDGE.sub("", piece)) for piece in (rest, *re.split(r"[,(]", rest)))
            pieces = (name_first(piece) for piece in bare)
            rest = next((p for p in pieces if p and looks_like_name(p) and not triggered(p, self.catalogue)), "")
        self.rest.append(rest)

    def _is_new(self, value: Found) -> bool:
        """True when the value answers a field that is still open: then it does not answer the asked one as well."""
        spec = self._slot(value.kind)
        return spec is not None and spec is not self.asked and spec.name not in self.state.slots

    def _late_number(self, text: str) -> None:
        """ "Oh found it, the number is 00918822": an ID that was passed over before."""
        passed = [s for s in self._known_specs() if s.type == "member_id" and s.name not in self.state.filled()]
        hit = _LATE.search(text)
        if hit and self.asked and takes_number(self.asked, text, hit[0], self.state.language):
            return
        if passed and hit and passed[0].name not in self.given:
            self._set(passed[0], hit[0])

    def _labelled_new(self, text: str) -> None:
        action = self.catalogue.action(self.state.action)
        named = labelled(text, action.slots) if action else None
        if named and named[1] and named[0].name not in self.given:
            self._set(named[0], named[1])

    def _answer_asked(self) -> None:
        if not self.asked or self.asked.name in self.given:
            return
        kept = [piece for piece in self.rest if says_something(piece) or self._is_time(piece)]
        if self.asked.type == "person_name" and "?" not in self.text and (name := lone_name(self.text, kept)):
            kept = [name]
        if not kept:
            return
        joined = ". ".join(kept) if self.asked.type in (*_FREE, "preferred_times", "provider") else kept[0]
        if self.asked.type == "person_name" and all(len(piece.split()) == 1 for piece in kept[:2]):
            joined = " ".join(kept[:2])  # first and last name, sent one after the other
        self._set(self.asked, joined)

    def _is_time(self, text: str) -> bool:
        return self._asks("preferred_times") and bool(span_of(fold(text)) or _SOON.search(fold(text)))

    def _postpones(self, text: str) -> bool:
        """ "Can I give you that later?", for a field that a number or a name would answer."""
        if self._asks("reason") and earlier.tells_in_person(text) and not tells_complaint(fold(text)):
            self._skip(self.asked, "declined") if self.asked else None
            return True
        if self.asked is None or self.asked.type in _FREE or not earlier.postpones(text):
            return False
        if self._asks("preferred_times") and (looks_like_times(text) or replies.any_time(text)):
            return False
        if find_values(text, self.catalogue.payers, self.asked.type):
            return False
        self._skip(self.asked, "unknown")
        return True

    def _without_skips(self, text: str) -> str:
        """Takes out "and skip the times", "leave the member ID blank" beside something else."""
        action = self.catalogue.action(self.state.action)
        specs = [spec for spec in action.slots if spec.name not in self.state.slots] if action else []
        pieces = re.split(
            r"(\s*(?:[,;]\s*(?:and\s+|y\s+)?|\band\s+|\by\s+)(?=(?:please |just |you can )*(?:skip|leave|omit|"
            r"pass on|salt|omit|deje)))",
            text,
        )
        kept = pieces[0]
        for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
            named = labelled(piece, specs) if replies.refusal(piece) else None
            if named and named[0].name not in self.given:
                self._skip(named[0], "declined")
            else:
                kept += joint + piece
        return kept

    def _withheld(self, text: str) -> bool:
        """ "Skip", "I don't have my card with me": for the asked field, or for the one that is named."""
        why = replies.refusal(text if self._asks("provider") or not self.asked else _OF_REFERRAL.sub(" ", text))
        if why is None or (self.asked is None and not self.confirming):
            return False
        if self._asks("preferred_times") and replies.any_time(text):
            return False
        if self._asks("reason") and tells_complaint(fold(text)):
            return False
        if self._asks("person_name") and replies.bears_a_refusing_word(text):
            return False
        values = [
            v
            for v in find_values(text, self.catalogue.payers, self.asked.type if self.asked else None)
            if v.kind in _CUT or (v.kind == "specialty" and self._asks("specialty"))
        ]
        if values:
            return False
        action = self.catalogue.action(self.state.action)
        named = labelled(text, action.slots) if action else None
        spec = named[0] if named and (self.asked is None or named[0].type != self.asked.type) else self.asked
        if spec is None or (self._asks("reason") and why == "unknown" and len(text.split()) > 8):
            return False
        if spec is not self.asked and self.asked is not None and spec.name in self.state.slots:
            spec = self.asked
        if self.confirming and why == "unknown" and spec.name in self.state.filled():
            self.doubted = True  # who is not sure of what was read back has taken nothing back
            return True
        self._skip(spec, why)
        return True

    def _yes_or_no(self, answer: str, text: str, *, alone: bool = True) -> None:
        if self.asked and self.asked.type in ("yes_no", "choice"):
            self._set(self.asked, text)
        elif self.confirming:
            self.commands.append(c.Affirm() if answer == "yes" else c.Deny())
        elif answer == "no" and alone and self.asked:
            self._skip(self.asked, "unknown")
        elif alone and not self.asked:
            self.commands.append(c.Affirm() if answer == "yes" else c.Deny())


_OF_REFERRAL = re.compile(
    r"\b(?:myself|no doctor|self[- ]referr\w+|(?:was not|wasn'?t) referred|no referral)\b", re.IGNORECASE
)
"""Nobody referred: that withholds no other field."""
_NAMED = ("carrier",)
_SENTENCE = re.compile(
    r"(?:^|[,;.]\s*|\b(?:but|and|so|because|y|pero|porque)\s+)(?:i|i'?ll|i'?d|i'?m|we|we'?ll|he|she|they|you|it|"
    r"that|this|there|my \w+|"
    r"can|could|do|does|let me|yo|el|ella|mi \w+) (?:\w+ ){0,2}(?:know|knows|ask|talk|speak|see|think|thinks?|guess|"
    r"hate|love|wish|wonder|"
    r"told|said|says|work|works|live|lives|want|wants|would|will|depends|doesn'?t|don'?t|can'?t|just|really|already|"
    r"call|called|find|"
    r"look|check|get back|sabe|saben|pregunto|quiero|creo|pienso|voy|tengo que)\b|\bdepends\b|\bdepende\b"
)
_OF_INSURANCE = re.compile(
    r"\b(?:insur\w*|plan|coverage|covered|cover|policy|ppo|hmo|epo|pos|union|local|benefits?|through|employer|"
    r"marketplace|obamacare|"
    r"exchange|card says|seguro|cobertura|poliza|mutual|health\w*|blue|medic\w+|tricare|comp)\b"
)


def _is_a_sentence(text: str) -> bool:
    """True for words in which somebody does or thinks something: "my wife knows, I'll ask her tonight"."""
    return bool(_SENTENCE.search(fold(text)))


def _names_one(text: str, catalogue: Catalogue) -> bool:
    """Whether the sentence names an insurance all the same, or tells of one."""
    folded = fold(text)
    return find_payer(folded, catalogue.payers, typos=True) is not None or bool(_OF_INSURANCE.search(folded))


_LATE = re.compile(r"(?<![\w@.+-])[A-Za-z]{0,3}(?:\d[ -]?){5,}[A-Za-z]?(?![\w@-])")
_SOON = re.compile(r"^(?:right )?now\b|\b(?:today|asap|soon|hoy|ahora)\b")
_WAITS = re.compile(r"\b(?:sec|second|minute|moment|hold on|hang on|wait|let me|looking|un momento|espere)\b|\[")


def _tells_no_id(text: str) -> bool:
    """True for a sentence without any digit where a number was asked for; not for "one moment"."""
    return len(text.split()) >= 3 and not re.search(r"\d", text) and not _WAITS.search(fold(text))


def _own_kinds(kind: str | None) -> tuple[str, ...]:
    taken = tuple(found for found, types in KINDS.items() if kind in types)
    return taken or (kind or "",)


def _cut(text: str, others: list[Found]) -> str:
    """The text without the values that belong to other fields, and without pieces that only introduced them."""
    shorter = [value for value in others if value.end - value.start < len(text) and value.kind != "event_date"]
    whole = [value for value in others if value.kind in _CUT or value in shorter]
    for value in sorted(whole, key=lambda value: -value.start):
        text = text[: value.start].rstrip() + " , " + text[value.end :].lstrip()
    pieces = [piece.strip(" ,.;:-") for piece in re.split(r"\s,\s", text)] if whole else [text]
    kept = [piece for piece in pieces if says_something(piece)]
    return ", ".join(kept) if whole else text
