"""Understanding without a model: words, forms and likeness turn a message into commands; it never decides."""

from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.decide import in_order
from app.dialogue.language import detect
from app.dialogue.slots.fold import straight
from app.dialogue.state import State
from app.understanding.callers import identified
from app.understanding.clauses import split
from app.understanding.reading import Reading


class RulesUnderstanding:
    """Needs nothing but the shipped word lists."""

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[c.Command]:
        """Commands in canonical order; never raises for any text. `Unclear` alone when nothing was understood."""
        text = straight(text)
        reading = Reading(text, state, catalogue)
        for clause in split(text):
            reading.read(clause)
        commands = identified(reading.finish(), text, state)
        code = detect(text)
        if code and code != state.language and code in catalogue.languages:
            commands.append(c.UseLanguage(code))
        return in_order(_once(commands))


def _once(commands: list[c.Command]) -> list[c.Command]:
    return list(dict.fromkeys(commands))
