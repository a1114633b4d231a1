"""With a good model the talks go at least as well as by rules: what a strong one returns was written down by people who
read the requests."""

from collections.abc import Iterator

import pytest

from tests.conversations.runner import HERE, load, not_yet, play
from tests.understanding.recorded_model import FOLDER, Scripted, recorded, recorded_names
from tests.understanding.talks_with_a_model import Opener, check, talks

NOT_WITH_IT = frozenset({"outcomes/complication_goes_to_a_person"})
"""Files that do not hold with the records either: they stand in not_yet.yaml too."""


@pytest.fixture(scope="module")
def open_talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Opens talks at one desk."""
    with talks(tmp_path_factory.mktemp("recorded")) as opener:
        yield opener


@pytest.mark.parametrize("name", recorded_names())
def test_a_talk_holds_with_the_record(name: str, open_talk: Opener) -> None:
    """Without it a model that reads well could make a talk worse than none."""
    conversation = load(HERE / f"{name}.yaml")
    talk = open_talk(conversation, Scripted(recorded(name)))
    if name in NOT_WITH_IT:
        with pytest.raises(AssertionError):  # one that holds has to leave the list
            play(conversation, talk.say)
        return
    play(conversation, talk.say)


def test_records_say_only_what_stands_in_the_messages() -> None:
    """A record with a value that nobody typed would prove nothing."""
    assert [text for name in recorded_names() for text in check(FOLDER / f"{name}.yaml")] == []


def test_no_talk_is_lost_that_rules_hold() -> None:
    """Without it the model could spoil what the rules alone read rightly."""
    assert set(NOT_WITH_IT) <= set(not_yet())
