"""Which payers a message names."""

import pytest

from app.qualification.naming import find
from tests.qualification.lists import LIST, row


def named(text: str, rows=LIST) -> list[str]:
    return [f"{i.payer}@{i.region}" if i.region else i.payer for one in find(text, rows) for i in one.identities]


@pytest.mark.parametrize(
    ("text", "payers"),
    [
        ("Do you take Cigna?", ["Cigna"]),
        ("do u take CIGNA'S ppo", ["Cigna"]),
        ("i have bluecross of idaho", ["Blue Cross of Idaho"]),
        ("bcbs of idaho?", ["Blue Cross of Idaho", "Regence@ID"]),
        ("my card says Blue Sheild of Idaho", ["Regence@ID"]),
        ("do you take BCBSTX", ["Blue Cross Blue Shield@TX"]),
        ("I have Blue Cross PPO out of Massachusetts", ["Blue Cross Blue Shield@MA"]),
        ("unitedhealth care", ["UnitedHealthcare"]),
        ("U.H.C. accepted?", ["UnitedHealthcare"]),
        ("is humanna accepted", ["Humana"]),
        ("Kiaser permanente?", ["Kaiser Permanente"]),
        ("do you take Crestline Teachers Trust", ["Crestline Teachers' Trust (CTT)"]),
        ("CTT?", ["Crestline Teachers' Trust (CTT)"]),
        ("do you take medi-cal or Apple Health?", ["Medicaid@CA", "Medicaid@WA"]),
        ("is tri care west ok", ["Tricare@West"]),
        ("does triwest work", ["Tricare@West", "VA"]),
        ("workman's comp", ["Workers' compensation"]),
        ("Tienen convenio con Cruz Azul?", ["Blue Cross Blue Shield"]),
        ("¿Aceptan Humana?", ["Humana"]),
        ("Medicare and Aetna secondary", ["Medicare", "Aetna"]),
        ("Medicare Advantage through Aetna", ["Aetna"]),
        ("Do you take VA?", ["VA"]),
        ("I have United.", ["UnitedHealthcare"]),
        ("my insurance is Oscar", ["Oscar"]),
    ],
)
def test_a_payer_is_known_by_every_name(text: str, payers: list[str]) -> None:
    """Without this, a patient who writes as people write would read that the plan is not on the list."""
    assert named(text) == payers


@pytest.mark.parametrize(
    "text",
    [
        "La terapia humana va bien",
        "¿Cómo le va a mi mamá con la ayuda médica?",
        "I have progressive pain in my back",
        "The united team is great, my son Oscar loves it",
        "Dr. Molina sent me, do you take walk-ins?",
        "I'm a human being who takes medication for medical reasons",
        "Do you have parking in Providence?",
        "My name is Anthem Reyes",
        "What state are you in?",
        "this is the surest way to heal",
        "I live in Arlington, VA and take the bus",
        "¿Necesitan mi número de seguro social?",
    ],
)
def test_an_ordinary_word_is_no_payer(text: str) -> None:
    """Without this, a story about a dog named Oscar would be answered with a payer list."""
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "words", "types", "kinds"),
    [
        ("I have cigna open acces plus", (), {"oap"}, set()),
        ("Cigna OAP", (), {"oap"}, set()),
        ("the PPO from Aetna", (), {"ppo"}, set()),
        ("Aetna. It's a PPO", (), {"ppo"}, set()),
        ("UHC choise plus", ("choice", "plus"), set(), set()),
        ("Humana Gold Plus", ("gold", "plus"), set(), set()),
        ("Aetna Medicare", (), set(), {"medicare advantage"}),
        ("do you take aetna zenithal elite", ("zenithal", "elite"), set(), set()),
        ("do you take Aetna for my son", (), set(), set()),
        ("do you take Aetna here?", (), set(), set()),
    ],
)
def test_the_plan_is_read_with_its_payer(text: str, words: tuple[str, ...], types: set[str], kinds: set[str]) -> None:
    """Without this, the answer would be about another plan than the one that was asked about."""
    [mention] = find(text, LIST)
    assert (mention.plan.words, mention.plan.types, mention.plan.kinds) == (words, types, kinds)


def test_a_location_is_known_in_the_words_of_the_rows() -> None:
    """Without this, the other clinic's contract would be told."""
    rows = (row("Aetna", None, location="Harbor Street clinic"), row("Aetna", "HMO", location="Old Mill"))
    assert find("Do you take Aetna at Harbor Street?", rows)[0].location == "Harbor Street clinic"
    assert find("Do you take Aetna?", rows)[0].location is None
