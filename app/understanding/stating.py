"""What a statement tells; at the read-back, whether it agrees to what was read."""

import re

from app.dialogue import commands as c
from app.dialogue.slots.fold import fold
from app.understanding import corrections, replies
from app.understanding.agreeing import Agreement, agreement, doubts, is_yes
from app.understanding.agreeing_in_part import agreed_but, closing_yes, rest_is_right
from app.understanding.belonging import reads
from app.understanding.digits import NUMBERED
from app.understanding.fields import filled_specs, labelled
from app.understanding.lexicon import tells_complaint
from app.understanding.openings import opening_removed
from app.understanding.replying import Replying
from app.understanding.values import find_values
from app.understanding.wished_times import looks_like_times, tells_a_wish

_JOINS_A_CHANGE = re.compile(
    r"(?:and|but|just|only|except|also|please|can you|could you|you can|change|make|use|put|fix|update|correct|add|"
    r"remove|y|pero|solo|excepto|tambien|por favor|cambi\w+|ponga|use|corrij\w+|agreg\w+|quit\w+)\b"
)
_UNREAL = re.compile(r"\bwould(?:'ve| have)? be(?:en)?\b.*\bif\b|\bif\b.*\bwould(?:'ve| have)? be(?:en)?\b")
"""What would be right if something else were so changes nothing."""
_ABOUT_IT = re.compile(r"\b(?:right|correct|wrong|sure|spell\w*|spelt|bien|mal|correct[oa]|segur[oa])\b")
_COMES_FIRST = re.compile(
    r"^\W*(?:but|pero|except|excepto)\b|\b(?:first|before|until|wait|hold|primero|antes|espere)\b"
)
_TO_BRING = re.compile(
    r"\b(?:do|should|must|shall|can|what|which|will|debo|tengo|puedo|hay|que)\b[^,;.]*"
    r"\b(?:bring|carry|wear|pay|llevar|traer|pagar)\b"
)
"""A card to bring or a bill to pay is of the visit, not of what was read back."""
_BUT_FIRST = re.compile(r"\b(?:but|pero)\b\W*$")
_THAT_THING = re.compile(r"(?:the|that|this|el|la|eso de|lo de)\b(?!.*\b(?:left|right|izquierd|derech))")
_SAYS_WHAT = re.compile(r"\b(?:is|it'?s|its|are|was|should|not|no|es|era|son|debe|digits?|both)\b|\d")
_NAMED_VALUES = ("person_name", "provider", "carrier")
_DAYS = ("date", "event_date", "birth_date")
_FEW = 6
_WORD = re.compile(r"[^\W\d_]{2,}")
_TITLES = frozenset(
    {"dr", "dra", "at", "the", "of", "de", "la", "el", "health", "medical", "center", "plan", "no", "insurance"}
)
_ASIDE = (c.AskQuestion, c.RequestHuman, c.CancelAction, c.StartOver, c.StartAction, c.AskWhy)


class Stating(Replying):
    """Adds what statements mean, and a yes only where the whole message bears it."""

    def _tells(self, text: str, whole: str) -> None:
        """What a statement says behind its yes or no; `whole` is the statement with it."""
        text = self._names_fully(self._without_skips(text))
        if not text:
            return
        exchanges = corrections.exchanges(text, self.state, self.catalogue)
        if not exchanges and self._withheld(text):
            return
        if self._dates_the_asked(text):
            self._fields(text)
            return
        partial = corrections.tells_part(text)
        corrects = corrections.corrects(whole) or corrections.corrects(self._cue(whole)) or self._faults(text)
        anew = corrects or exchanges or self.confirming or partial or self._tells_anew(text)
        if anew and self._changes(text):
            return
        if self.confirming and self._filled("preferred_times") and self._wishes_another_time(text):
            self.times.append(opening_removed(text))
            return
        self._fields(text)

    def _dates_the_asked(self, text: str) -> bool:
        """ "Not until April 14", where the day of something is asked for, is no wish for a visit."""
        asked = self.asked if self.asked and self.asked.type in _DAYS and self.asked.name not in self.given else None
        if asked is None or len(text.split()) > _FEW or not reads(asked, text, self.state.language):
            return False
        return labelled(text, filled_specs(self.state, self.catalogue)) is None

    def _wishes_another_time(self, text: str) -> bool:
        """Days or hours that are the patient's own, and no words about another field."""
        named = labelled(text, filled_specs(self.state, self.catalogue))
        other = named is not None and named[0].type in NUMBERED
        return looks_like_times(text) and tells_a_wish(text) and not other

    def _cue(self, text: str) -> str:
        """Where to look for "no, sorry, wait": in this clause and in the one before it."""
        before = self.told[-1] if self.told else ""
        return f"{before}. {text}" if len(before.split()) <= 8 else text

    def _at_read_back(self, text: str) -> None:
        """A whole clause of agreement agrees. A yes that opens a clause about something else does so only where that is
        a change which joins it: "yes, and change the phone to ..."."""
        if agreed := agreement(text):
            self.agreed = max(self.agreed, agreed)
            return
        if replies.is_no(text):
            self.commands.append(c.Deny())
            return
        if self._agrees_in_part(text):
            return
        if _UNREAL.search(fold(text)):
            self.doubted = True
            return
        answer, rest = replies.leading(text)
        if answer == "no":
            self.commands.append(c.Deny())
        before = len(self.given) + len(self.times)
        self._tells(rest if answer else text, text)
        changed = len(self.given) + len(self.times) > before
        self.aside = True
        if answer == "yes" and changed and _JOINS_A_CHANGE.match(fold(rest)):
            self.agreed = Agreement.FIRM
        elif answer == "yes" or (not changed and (doubts(text) or self._names_a_field(text))):
            self.doubted = True

    def _agrees_in_part(self, text: str) -> bool:
        """A yes beside a change: "phone is 571-555-0111, then send it", "the rest is right", "yes, but ...". Where no
        change is understood, nothing is sent."""
        if rest_is_right(text):
            self.rest_right = True
            return True
        part, excepts = agreed_but(text) or (closing_yes(text), False)
        if part is None or (not excepts and part == closing_yes(text) and (is_yes(part) or replies.is_no(part))):
            return False
        self.rest_right = True
        if excepts and self._excepts_times(part):
            return True
        named_only = tells_complaint(fold(part)) and not _SAYS_WHAT.search(fold(part))
        if named_only and (excepts or _THAT_THING.match(fold(part))):
            self.doubted = True  # "except the shoulder" does not say what is right
            return True
        if part and not (is_yes(part) or replies.is_no(part)):
            self._at_read_back(part)
        return True

    def _excepts_times(self, text: str) -> bool:
        """ "Yes, but not Tuesday afternoons": what does not suit is no wish."""
        spec = self._filled("preferred_times")
        if spec is None or not looks_like_times(text) or find_values(text, self.catalogue.payers, spec.type):
            return False
        if not self._narrows(f"not {text}"):
            self._correct(spec.name, "")
        return True

    def _names_a_field(self, text: str) -> bool:
        """ "My phone changed": nobody knows to what, so that it must be understood before anything is sent."""
        return labelled(text, filled_specs(self.state, self.catalogue)) is not None

    def _asks_at_read_back(self, text: str) -> None:
        """A question about what was read back puts a yes beside it in doubt, and so does one that must come first:
        "yes, but who is Dr. Wu?"."""
        said = fold(text)
        if self.confirming and (
            _ABOUT_IT.search(said)
            or _COMES_FIRST.search(said)
            or (self._names_a_field(text) and not _TO_BRING.search(said))
            or self._names_a_value(said)
            or _BUT_FIRST.search(fold(self.text.partition(text)[0]))
        ):
            self.doubted = True

    def _names_a_value(self, said: str) -> bool:
        """Whether folded words repeat a name that was read back; "do you do knees?" asks about no particular one."""
        names = [
            fold(str(slot.value))
            for name, slot in self.state.slots.items()
            if (spec := self.catalogue.spec(name, self.state.action)) and spec.type in _NAMED_VALUES
        ]
        telling = {word for name in names for word in _WORD.findall(name)} - _TITLES
        return bool(telling.intersection(_WORD.findall(said)))

    def _agree(self) -> None:
        """A yes for the whole message, if it says one. "The rest is right" where no change was understood, and a yes in
        doubt, must not submit anything; a weak yes says nothing beside anything else."""
        if self.rest_right:
            self.commands.append(c.Affirm() if self.given and not self.doubted else c.Deny())
            return
        leaves = c.SmallTalk("goodbye") in self.commands
        aside = self.aside or leaves or any(isinstance(command, _ASIDE) for command in self.commands)
        unsaid = c.Deny() in self.commands and not self.given
        if self.agreed and not (self.doubted or unsaid or (aside and self.agreed is Agreement.WEAK)):
            self.commands.append(c.Affirm())
