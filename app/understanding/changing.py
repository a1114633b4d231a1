"""Reads a message as a change of something that was given before."""

from app.dialogue import commands as c
from app.dialogue.action import SlotSpec
from app.dialogue.slots.fold import fold
from app.understanding import corrections
from app.understanding.gathering import KINDS, Gathering
from app.understanding.lexicon import pattern
from app.understanding.values import find_values


class Changing(Gathering):
    """Adds corrections."""

    def _changes(self, text: str) -> bool:
        """True when the text changes a field that was given."""
        if patch := corrections.patched(text, self.state, self.catalogue):
            self._correct(patch.name, patch.said)
            return True
        filled = corrections.filled_specs(self.state, self.catalogue)
        kinds = self.asked.type if self.asked else None
        values = [
            v
            for v in find_values(corrections.opening_removed(text) or text, self.catalogue.payers, kinds)
            if v.kind != "reason" or self.confirming
        ]
        taken = [
            (spec, v)
            for v in values
            if (spec := next((s for s in filled if s.type in KINDS.get(v.kind, (v.kind,))), None))
        ]
        if taken:
            for spec, value in taken:
                if spec.type == "preferred_times":
                    self.times.append(value.said)
                else:
                    self._correct(spec.name, value.said)
            self._take([v for v in values if v not in [t[1] for t in taken]])
            return True
        if name := corrections.renewed_name(text, self.state, self.catalogue):
            self._correct(name.name, name.said)
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
        return False

    def _retime(self) -> None:
        """All days and hours of the message are one wish."""
        if self.times and (spec := self._filled("preferred_times")):
            self.commands = [command for command in self.commands if command != c.CorrectSlot(spec.name, "")]
            self._correct(spec.name, ". ".join(self.times))
