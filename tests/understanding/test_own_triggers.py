"""Triggers that clinics write: few examples, and patients who say the same in other words."""

from pathlib import Path

import pytest
import yaml

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.state import State
from app.understanding.rules import RulesUnderstanding
from app.understanding.triggers import tells_nothing

SET = yaml.safe_load(Path(__file__).with_name("own_triggers.yaml").read_text(encoding="utf-8"))
OWN = {**SET["actions"], **SET["later"], **SET["last"]}
CONTACT = SlotSpec("contact", "contact", {"en": "Contact"}, {"en": "How can we reach you?"})


def _own(name: str) -> Action:
    examples = {code: tuple(listed) for code, listed in OWN[name]["triggers"].items()}
    return Action(name, {"en": name.replace("_", " ")}, examples, (CONTACT,))


CATALOGUE = Catalogue([*shipped_actions(), *map(_own, OWN)], {"medicare": "Medicare"})


def started(text: str) -> list[str]:
    commands = RulesUnderstanding().understand(text, State(), CATALOGUE)
    return [command.name for command in commands if isinstance(command, c.StartAction)]


def found(said: dict[str, list[str]]) -> float:
    """Share of the messages that start their action and no other."""
    results = [started(text) == [name] for name, texts in said.items() for text in texts]
    return sum(results) / len(results)


def test_own_triggers_are_found_in_other_words_at_least_as_well_as_the_shipped_ones() -> None:
    """A clinic would have to write thirty examples for each action, as the shipped ones have them."""
    own = found({name: action["said"] for name, action in OWN.items()})
    assert own >= 0.85
    assert own >= found(SET["shipped"])


def test_naming_the_thing_is_not_wishing_for_it() -> None:
    """Whoever asks what a gift card costs would be in the middle of a form."""
    texts = [(name, text) for name, action in OWN.items() for text in action["not"]]
    wrong = [text for name, text in texts if name in started(text)]
    assert len(wrong) <= len(texts) * 0.05, wrong


@pytest.mark.parametrize("text", ["I would like to", "please", "I need help", "necesito ayuda por favor"])
def test_a_trigger_without_a_telling_word_is_known(text: str) -> None:
    """It would be published and start its action never, or with every wish of every patient."""
    assert tells_nothing(text)
    assert not tells_nothing(f"{text} my bill")
