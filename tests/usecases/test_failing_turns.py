"""A turn that breaks inside keeps the patient's words, offers the clinic's phone, and does not spoil the next one."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest
from sqlmodel import select

from app.dialogue import emergency, shipped
from app.dialogue.action import Catalogue
from app.dialogue.commands import Command
from app.dialogue.state import State
from app.store.audit import COMMAND
from app.store.tables import Lead, Message, Notice
from app.understanding import lexicon
from app.usecases.accept_document import accept_document
from app.usecases.resume_turns import resume_turns
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.usecases.test_turns import with_understanding

FAQ = b"# Questions\n\n## Do you have parking?\n\nYes. Parking behind the building is free for patients.\n"


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path / "data") as running:
        yield Talk(running, make_clinic(running))


class BreaksOn:
    """A parser with a bug that one patient's words meet."""

    def __init__(self, real, bad: str) -> None:
        self.real, self.bad = real, bad

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        if self.bad in text:
            raise ZeroDivisionError(self.bad)
        commands: list[Command] = self.real.understand(text, state, catalogue)
        return commands


class BreaksOnce:
    """Something that is out of order for a moment."""

    def __init__(self, real) -> None:
        self.real, self.broken = real, True

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        if self.broken:
            raise OSError("out of order")
        commands: list[Command] = self.real.understand(text, state, catalogue)
        return commands


def rows(talk: Talk, table):
    with talk.running.desk.database.read() as session:
        return list(session.exec(select(table)))


def forget_files(*modules: ModuleType) -> None:
    """Files that were read are read again."""
    shipped.read_yaml.cache_clear()
    for module in modules:
        for cached in [one for one in vars(module).values() if hasattr(one, "cache_clear")]:
            cached.cache_clear()


BREAKAGES = [
    ("app.dialogue", "emergency.yaml", "signs: [unclosed"),
    ("app.dialogue", "emergency.yaml", "version: 1\n"),
    ("app.dialogue.wording", "en.yaml", "greeting: : :"),
    ("app.dialogue.wording", "en.yaml", "greeting: Hi\n"),
    ("app.understanding.lexicon", "en.yaml", "- a list\n"),
]


@pytest.mark.parametrize(("package", "name", "text"), BREAKAGES)
def test_a_broken_file_of_rules_or_words(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str, text: str
) -> None:
    """An update that went wrong at night: patients of that night must still be called back."""
    talk.say("hello")
    folder = tmp_path / "broken"
    shutil.copytree(str(files(package)), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / name).write_text(text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(shipped, "files", lambda asked: folder if asked == package else files(asked))
        forget_files(emergency, lexicon)
        done = talk.say("I am Rosa Delgado, please call me at 212-555-0143")
    forget_files(emergency, lexicon)
    assert talk.clinic.phone in done["reply"]
    assert done["handoff"] is True
    assert [row.text for row in rows(talk, Message)][2] == "I am Rosa Delgado, please call me at 212-555-0143"
    found = rows(talk, Lead)
    assert [(one.status, one.slots["contact"]["value"]) for one in found] == [("in_progress", "+12125550143")]
    after = talk.say("my knee hurts")
    assert after["action"]["slots"]["contact"] == "+12125550143"
    assert "Rosa Delgado" in after["action"]["slots"].values(), "what was typed meanwhile is not asked again"


def test_words_that_break_the_parser_break_only_their_own_turn(talk: Talk) -> None:
    """The same words would break every later turn, if they were read again each time."""
    breaks = with_understanding(talk, BreaksOn(talk.running.desk.understanding, "\u2603"))
    assert talk.clinic.phone in breaks.say("my snowman \u2603 fell on me")["reply"]
    done = breaks.say("Please call me at 212-555-0143. I am Rosa Delgado")
    assert done["action"]["slots"]["contact"] == "+12125550143"
    assert breaks.say("about my knee")["action"]["slots"]["reason"]


def test_a_question_of_a_failed_turn_is_answered_with_the_next(talk: Talk) -> None:
    """Otherwise the patient has to type it again, or never does."""
    understanding = BreaksOnce(talk.running.desk.understanding)
    broken = with_understanding(talk, understanding)
    broken.say("Do you offer cupping?")
    understanding.broken = False
    done = broken.say("hello?")
    assert [answer["question"] for answer in done["answers"]] == ["Do you offer cupping?"]
    assert broken.say("hello")["answers"] == [], "once"


def test_a_clinics_own_actions_that_cannot_be_read(talk: Talk) -> None:
    """A bad import must not silence the clinic's chat, nor keep an emergency from being told."""

    def unreadable(_clinic, _state=None):
        raise ValueError("an action without slots")

    broken = object.__new__(Talk)
    desk = replace(talk.running.desk, catalogue=unreadable)
    broken.__dict__ = talk.__dict__ | {"running": replace(talk.running, desk=desk)}
    assert talk.clinic.phone in broken.say("please call me at 212-555-0143")["reply"]
    done = broken.say("I have crushing chest pain and can't breathe")
    assert (done["emergency"], "911" in done["reply"]) == (True, True)
    found = rows(talk, Lead)
    assert [(one.status, one.slots["contact"]["value"]) for one in found] == [("urgent", "+12125550143")]
    assert [notice.kind for notice in rows(talk, Notice)] == ["urgent"]
    assert resume_turns(desk) == 0, "no turn is left without its reply"


def test_an_index_folder_that_is_garbage(tmp_path: Path) -> None:
    """A disk error in the vectors: the words of the papers still answer, and nothing the patient says is lost."""
    data = tmp_path / "data"
    with desk_at_rest(data) as running:
        clinic = make_clinic(running)
        accept_document(running.desk, clinic.id, "faq.md", FAQ, COMMAND)
        assert running.worker.drain(["index"]) == 1
    stores = list((data / "index").rglob("chroma.sqlite3"))
    assert stores
    for store in stores:
        store.write_bytes(b"garbage" * 4000)
    with desk_at_rest(data) as running:
        talk = Talk(running, clinic)
        done = talk.say("Do you have parking? My number is 212-555-0143")
        assert done["answers"][0]["citations"][0]["document"] == "faq.md"
        assert rows(talk, Lead)[0].slots["contact"]["value"] == "+12125550143"
        assert talk.say("Rosa Delgado")["reply"]


class NoRetriever:
    """Papers that cannot be searched at all."""

    def retrieve(self, *_given, **_named):
        raise OSError("disk gone")

    retrieve_foreign = retrieve


def test_papers_that_cannot_be_searched(talk: Talk) -> None:
    """The worst day of the index is still no silence."""
    broken = object.__new__(Talk)
    desk = replace(talk.running.desk, retriever=NoRetriever())
    broken.__dict__ = talk.__dict__ | {"running": replace(talk.running, desk=desk)}
    done = broken.say("Do you have parking? My number is 212-555-0143")
    assert talk.clinic.phone in done["reply"]
    assert rows(talk, Lead)[0].slots["contact"]["value"] == "+12125550143"
    assert talk.say("I need therapy for my knee")["action"]["slots"]["reason"]
