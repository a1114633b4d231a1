"""Words that are no value fill no field, and everyday sentences beside them are read as before."""

import pytest

from scripts.evals.turns import Case, misses, play

ASKED = {
    "r": "reason",
    "n": "patient_name",
    "d": "referring_provider",
    "i": "insurance_carrier",
    "t": "preferred_times",
}
_HAS: tuple[tuple[str, str, str], ...] = (
    # no reason is only told to be hard to tell
    ("r", "it's complicated, my knee and my hip", "knee"),
    ("r", "private matter aside, it's my left shoulder", "shoulder"),
    ("r", "a long story, but my back gave out", "back"),
    ("r", "complicated fracture of the wrist", "fracture"),
    ("r", "I'd like to talk about my neck pain", "neck"),
    # a name in two parts
    ("n", "Rosa Delgado. last name is Delgado", "Rosa Delgado"),
    ("n", "Priya Nair, last name as on the card", "Priya Nair"),
    ("n", "first name Ada last name Osei", "Ada Osei"),
    ("n", "hello. my name is Tom Baker", "Tom Baker"),
    ("n", "Lena Fox, she is listed first on the card", "Lena Fox"),
    # who sent the patient
    ("d", "Dr. Okafor, a friend of mine", "Okafor"),
    ("d", "it's Dr. Friend", "Friend"),
    ("d", "my husband's doctor, Dr. Lund", "Lund"),
    ("d", "no es urgente, es el doctor Salas", "Salas"),
    ("d", "Friendship Family Clinic", "Friendship"),
    # insurances
    ("i", "not sure, Medicaid I think", "Medicaid"),
    ("i", "not sure of the plan but it's Aetna", "Aetna"),
    ("i", "I'm not working so Medicaid", "Medicaid"),
    ("i", "Cigna, the one from work", "Cigna"),
    ("i", "workers comp, the adjuster is Pam Diaz", "compensation"),
)


@pytest.mark.parametrize(("asked", "said", "part"), _HAS, ids=lambda one: one[:40])
def test_everyday_sentences_keep_their_value(asked: str, said: str, part: str) -> None:
    """Without it a rule against junk could take real words for junk."""
    case: Case = {"asked": ASKED[asked], "said": said, "has": {ASKED[asked]: part}}
    case = {**case, "else": ["provider_specialty", "insurance_carrier", "member_id", "reason"]}
    assert not misses(case, play(case))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("r", "it's complicated"),
        ("r", "it's kind of personal, can I explain it to the doctor in person?"),
        ("r", "es complicado, prefiero explicarle en persona"),
        ("d", "a friend of mine"),
        ("i", "not medicaid"),
        ("i", "Forgive me."),
        ("i", "my apologies"),
    ],
)
def test_words_without_a_value_fill_nothing(asked: str, said: str) -> None:
    """Without it the staff would read "complicated" as the reason and "Forgive me" as the insurance."""
    case: Case = {"asked": ASKED[asked], "said": said, "slots": {ASKED[asked]: None}}
    assert not misses(case, play(case))


@pytest.mark.parametrize(
    "said",
    ["I'm not sure about the insurance, let me check", "not sure about my member id", "i don't know the doctor's name"],
)
def test_a_doubt_at_the_read_back_empties_nothing(said: str) -> None:
    """Without it a moment of doubt would lose what was given; nothing is submitted either."""
    case: Case = {"said": said, "sent": False}
    assert not misses(case, play(case))


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("Mondays at 10. actually make that 11", "11:00"),
        ("Tuesdays 2pm. no, make it 3", "15:00"),
        ("Fridays at 9, actually no, let's say 10am", "10:00"),
        ("Mondays at 10, make it 2 visits a week if possible", "10:00"),
        ("Wednesdays 4pm, I make 3 meals a day", "16:00"),
    ],
)
def test_only_an_hour_moves_the_hour(said: str, start: str) -> None:
    """Without it "make that 9" would be lost, or any number beside a time would move it."""
    case: Case = {"asked": "preferred_times", "said": said, "has": {"preferred_times": start}}
    assert not misses(case, play(case))


@pytest.mark.parametrize("word", ["mastectomy", "laminotomy", "kyphoplasty", "mastectomia", "arthrodesis"])
def test_operations_are_complaints(word: str) -> None:
    """Without it the reason of a patient after an operation would be asked again."""
    case: Case = {"said": f"I need therapy after a {word}", "fresh": True, "has": {"reason": word}}
    assert not misses(case, play(case))


@pytest.mark.parametrize("word", ["anatomy", "dichotomy", "phlebotomy", "plastic", "economy"])
def test_other_words_that_end_alike_are_none(word: str) -> None:
    """Without it any word that ends alike would be taken for an operation."""
    case: Case = {"said": f"I need a referral, I work in {word}", "fresh": True, "not_filled": ["reason"]}
    assert not misses(case, play(case))
