"""Red flags over whole sets of messages, and texts made to slow them down."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.dialogue.emergency import screen

SETS = Path(__file__).resolve().parents[2] / "scripts" / "evals"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval" / "safety"
LONGEST = 4000


def _own() -> dict[str, Any]:
    return dict(yaml.safe_load((SETS / "triage_dev.yaml").read_text("utf-8")))


def _shared(name: str) -> list[dict[str, Any]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no folder {SHARED}")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def test_every_kind_of_the_list_is_met_with_the_right_urgency() -> None:
    """A change of one word list must not lose another kind."""
    own = _own()
    missed = [text for each in own["emergencies"].values() for text in each if screen(text) is None]
    missed += [text for each in own["urgent"].values() for text in each if screen(text) is None]
    spread = [talk["says"] for talk in own["talks"] if screen(talk["says"][-1], talk["says"][:-1]) is None]
    assert not missed
    assert not spread


def test_everyday_messages_raise_nothing() -> None:
    """People who are sent to 911 for a stiff neck stop trusting the desk."""
    everyday = _own()["everyday"]
    raised = [text for text in everyday if screen(text) is not None]
    assert len(raised) <= len(everyday) // 100, raised


_SETS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]


def _met(told: str | list[str]) -> bool:
    """Whether a message, or one of those typed one after the other, raises."""
    texts = [told] if isinstance(told, str) else told
    return any(screen(text, texts[:number]) is not None for number, text in enumerate(texts))


@pytest.mark.parametrize("name", _SETS)
def test_people_of_all_kinds_are_understood(name: str) -> None:
    """A nurse's shorthand, a farmer's understatement and a text from a frightened child tell of the same danger."""
    voices = yaml.safe_load((SETS / "triage_voices.yaml").read_text("utf-8"))[name]
    dangers = {**voices["emergencies"], **voices.get("urgent", {})}
    missed = [told for texts in dangers.values() for told in texts if not _met(told)]
    raised = [told for told in voices["everyday"] if _met(told)]
    assert len(missed) <= sum(map(len, dangers.values())) // 50, missed
    assert len(raised) <= len(voices["everyday"]) * 3 // 100, raised


@pytest.mark.parametrize(
    "talk",
    ["can i get an appointment tomorrow, {}", "can i get in today {}", "{} so i need to cancel my visit", "skip. {}",
     "do you have anything this week {}", "hi its rosa, 84 years old, {}", "is it normal that {}"],
)  # fmt: skip
def test_a_danger_amid_talk_about_visits_is_heard(talk: str) -> None:
    """People tell of it in the middle of something else: no question about a visit may excuse it."""
    told = yaml.safe_load((SETS / "emergencies.yaml").read_text("utf-8"))
    dangers = [text for by in told.values() for text in by["en"] if isinstance(text, str)]
    missed = [text for text in dangers if screen(talk.format(text)) is None]
    assert len(missed) <= len(dangers) // 100, missed


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        ("how would I know if I had a blood clot", False),
        ("how do I know if I am having a stroke right now", True),
        ("will I be short of breath in the pool", False),
        ("what if I have a blood clot in my leg", True),
        ("write to chestpain@mail.example", False),
        ("I want to die cancel my appointment", True),
        ("my calf is tight after the flight", False),
        ("my calf is swollen after the flight", True),
        ("my butt goes numb on long drives", False),
        ("my butt is numb since yesterday", True),
    ],
)
def test_what_is_only_supposed_raises_nothing(text: str, raises: bool) -> None:
    """A question about a danger is not the danger; a danger told as a question is."""
    assert (screen(text) is not None) is raises


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("mi esposo me va a matar", "911"),
        ("he put a gun to my head", "911"),
        ("the gun is to my head and I am ready", "988"),
        ("i cut my wrist on broken glass and it wont stop bleeding", "911"),
        ("me corté las venas", "988"),
        ("my caregiver beats me", "911"),
        ("quiero aventarme del techo", "988"),
        ("the voices tell me to kill my wife", "911"),
        ("I think I'm dying", "911"),
        ("I keep thinking about dying", "988"),
    ],
)
def test_what_others_do_is_not_filed_as_self_harm(text: str, number: str) -> None:
    """Who is threatened by another needs the police, not a crisis line."""
    hit = screen(text)
    assert hit is not None
    assert hit.number == number


@pytest.mark.parametrize(
    ("danger", "everyday"),
    [
        ("I am suffocating", "we are suffocating in medical debt"),
        ("I think about suicide", "the parking there is suicide"),
        ("I am diabetic and my sugar is 42", "I am diabetic and my sugar is normal"),
        ("my son went under water and is coughing", "my son takes swimming lessons and is coughing"),
        ("my ex hit me", "my ex hit me with the ball playing tennis"),
        ("he collapsed in the heat", "the heat in the pool helps my back"),
        ("one pupil is bigger than the other", "my pupils are huge from the drops"),
        ("my daughter went under", "my daughter went under the knife last week"),
        ("send an ambulance", "the ambulance bill is wrong"),
        ("dejé a la niña en el coche", "dejé a la niña con mi mamá, el coche no sirve"),
        ("my sugar is 38, usually it is fine", "my sugar was 45 last month"),
        ("dejé al bebé en el carro y hace mucho calor", "dejé al bebé con mi mamá, hace mucho calor"),
        ("me mareo con el calor y estoy confundido", "hace mucho tiempo me dio un golpe de calor"),
    ],
)
def test_the_same_words_of_something_else_raise_nothing(danger: str, everyday: str) -> None:
    """What stands beside a word of danger decides."""
    assert screen(danger) is not None
    assert screen(everyday) is None


def test_the_shared_messages_get_their_urgency() -> None:
    """Real triage messages: emergency, urgent the same day, routine."""
    levels = {"emergency": "emergency", "urgent_same_day": "urgent", "routine": None}
    for one in _shared("triage.jsonl"):
        hit = screen(one["text"])
        assert (hit.level if hit else None) == levels[one["gold"]], one["text"]


def test_attacks_and_harmless_questions_are_no_emergencies() -> None:
    """Words of danger stand in many texts that tell of none."""
    texts = [one["text"] for name in ("injections.jsonl", "harmless.jsonl") for one in _shared(name)]
    raised = [text for text in texts if screen(text) is not None]
    assert len(raised) <= len(texts) // 100, raised


@pytest.mark.parametrize(
    "bit",
    ["chest pain ", "no chest pain ", "can't ", "no ", "my leg is swollen, ", "a", "aaaa ", "chestpain", 
     "i want to die ", "took 20 pills ", "((((", "ñ́", "not not my chest hurts but ", "qwertzuiop "],
)  # fmt: skip
def test_no_text_takes_long(bit: str) -> None:
    """One message made for it would keep everybody else waiting."""
    screen("warm")
    text = (bit * LONGEST)[:LONGEST]
    started = time.process_time()
    screen(text, [text, text])
    assert time.process_time() - started < 1.0
