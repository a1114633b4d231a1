"""What people say beside a field: days of surgeries, second insurances, names of others, half a yes. Each rule with
everyday sentences on which it must not act."""

from datetime import date

import pytest

from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.commands import RequestHuman, SetSlot, StartAction
from app.dialogue.slots import ParseContext, Parsed, parse
from app.dialogue.state import ActionStatus, State
from app.understanding.event_dates import surgeries_in
from app.understanding.person import person_named
from app.understanding.rules import RulesUnderstanding
from scripts.evals.turns import TODAY, Case, misses, play


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("had my hip replaced on January 12", "2026-01-12"),
        ("s/p L TKA 2/20/26", "2026-02-20"),
        ("on February 4 he repaired my meniscus", "2026-02-04"),
        ("the operation is scheduled for March 20", "2026-03-20"),
        ("surgery was set for Feb 4 but got moved to Feb 18", "2026-02-18"),
        ("me operaron de la cadera hace dos semanas", "2026-02-16"),
        ("mi cirugía fue el 9 de febrero", "2026-02-09"),
    ],
)
def test_a_surgery_is_kept_with_its_day(said: str, day: str) -> None:
    """Without it a patient who told the day of the surgery would be asked for it."""
    (found,) = surgeries_in(said)
    assert parse("event_date", found.said, ParseContext(TODAY)) == Parsed(day)


@pytest.mark.parametrize(
    "said",
    [
        "I might need surgery after March 3",
        "no surgery, it started January 4",
        "I fell on February 3 and they say surgery",
        "my surgery went fine, I can come on March 9",
        "next appointment is March 5, a surgery follow up",
        "I want to avoid surgery, so March 9 works",
        "no quiero cirugía, puedo el 9 de marzo",
        "my surgeon can see me on March 9",
    ],
)
def test_another_day_is_no_surgery(said: str) -> None:
    """Without it a wish for a visit or the day of a fall would become the date of a surgery."""
    assert surgeries_in(said) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Medicare and Medicaid", "Medicare; Medicaid"),
        ("Cigna is primary, Aetna secondary", "Cigna; Aetna"),
        ("secondary is Aetna, my primary is Cigna", "Cigna; Aetna"),
        ("workers comp through Liberty Mutual", "Workers' compensation; Liberty Mutual"),
        ("Medicare part B and a supplement from AARP", "Medicare; supplement from AARP"),
        ("tengo Medicare y también Medicaid", "Medicare; Medicaid"),
        ("Aetna, not Cigna", "Aetna"),
        ("Aetna or Cigna, I forget", "Aetna"),
        ("I had Aetna and now Cigna", "Cigna"),
        ("Cigna, my husband has Aetna", "Cigna"),
        ("Aetna and I work at the school", "Aetna"),
    ],
)
def test_insurances_that_hold_together_are_kept_together(said: str, kept: str) -> None:
    """Without it the second insurance is lost, and a request comes out ready that nobody knows who pays for. Where only
    one holds there is one."""
    case = {"asked": "insurance_carrier", "said": said}
    assert play(case).after.get("insurance_carrier") == kept


def test_a_second_insurance_may_be_told_later() -> None:
    """Without it "I also have Medicaid as secondary" would be lost once an insurance is known."""
    case = {"asked": "preferred_times", "said": "mornings, and my secondary is Medicaid"}
    assert play(case).after["insurance_carrier"] == "Aetna; Medicaid"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Dr. Mott fixed it", "Dr. Mott"),
        ("my surgeon Paul Brandt gave me a referral", "Paul Brandt"),
        ("my back doctor, Paul Brandt", "Paul Brandt"),
        ("the PA, not the doctor. her name is Colleen Marsh", "Colleen Marsh"),
        ("it's not Dr. Moore any more. Dr. Tran", "Dr. Tran"),
        ("Dr. Jared Reed", "Dr. Jared Reed"),
        ("Dr. Van Buren", "Dr. Van Buren"),
        ("Dr. de la Cruz", "Dr. de la Cruz"),
        ("dr mohamed ahmed", "Dr. Mohamed Ahmed"),
    ],
)
def test_a_doctor_is_kept_by_name_alone(said: str, kept: str) -> None:
    """Without it what the doctor did would stand in the name. Names that look like deeds stay whole."""
    assert play({"asked": "referring_provider", "said": said}).after["referring_provider"] == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Dr. Wu in family medicine sent me", "family medicine"),
        ("la Dra. Wu de ortopedia", "orthopedics"),
        ("Dr. Wu in town", None),
        ("Dr. Wu from the hospital where I had surgery", None),
    ],
)
def test_a_specialty_behind_the_name_is_not_asked_again(said: str, kept: str | None) -> None:
    """Without it the specialty would be asked for although it was told; a surgery makes nobody a surgeon."""
    assert play({"asked": "referring_provider", "said": said}).after.get("provider_specialty") == kept


@pytest.mark.parametrize(
    "said",
    [
        "my wife knows, I'll ask her tonight",
        "that depends on my new job",
        "I have to talk to Maria first",
        "tengo que preguntarle a mi hija",
        "le aviso mañana",
    ],
)
def test_a_sentence_is_no_insurance(said: str) -> None:
    """Without it "my wife knows" would be the insurer's name."""
    assert "insurance_carrier" not in play({"asked": "insurance_carrier", "said": said}).after


@pytest.mark.parametrize(
    "said", ["Sunrise Community Plan", "Kestrel Mutual", "it is through my union, Local 26", "I just have Kaiser"]
)
def test_an_unknown_insurance_is_still_taken(said: str) -> None:
    """Without it an insurer that no list knows would be refused."""
    assert play({"asked": "insurance_carrier", "said": said}).after.get("insurance_carrier")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I'd rather talk to Desmond", "desmond"),
        ("can I speak with Monica please", "monica"),
        ("prefiero hablar con Rosa", "rosa"),
        ("I want to talk to my wife first", ""),
        ("I have to talk to Maria first", ""),
        ("I talked to Monica yesterday", ""),
        ("I don't want to talk to Desmond", ""),
        ("I'd rather talk to you", ""),
        ("I want to talk about my knee", ""),
    ],
)
def test_somebody_at_the_desk_may_be_asked_for_by_name(said: str, name: str) -> None:
    """Without it "I'd rather talk to Desmond" would be read as the answer to a question."""
    assert person_named(said) == name


@pytest.mark.parametrize(
    "said",
    [
        "yes, but who is Dr. Wu?",
        "agreed, but who is Dr. Wu?",
        "yes. Is Aetna the right one?",
        "ok bye",
        "ok. bye",
        "great, see you later",
        "gracias, adiós",
        "looks good except the shoulder",
        "sí, pero ¿quién es la Dra. Wu?",
        "all good but the knee thing",
    ],
)
def test_half_a_yes_submits_nothing(said: str) -> None:
    """Without it a goodbye or a doubt about what was read back would send the form."""
    assert not play({"said": said}).sent


@pytest.mark.parametrize(
    "said",
    [
        "Yes. How soon will you call?",
        "yes, bye",
        "Yes, that is all in order, thank you kindly.",
        "just submit it already, it's fine",
        "all of the above is right",
        "está todo bien, ya puede enviarlo",
        "yes that's all correct, have a great day",
    ],
)
def test_a_whole_yes_submits(said: str) -> None:
    """Without it the rules for half a yes could keep forms back that were confirmed."""
    assert play({"said": said}).sent


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("contact", "mejor llámenme al 571-555-0144"),
        ("contact", "call me at 571-555-0144 instead"),
        (None, "sí, pero mejor llámenme al 571-555-0144"),
        ("reason", "can you reach me at 571-555-0144 instead"),
    ],
)
def test_a_number_to_call_starts_no_other_action(asked: str | None, said: str) -> None:
    """Without it the referral under way would give way to a request to be called back."""
    case: Case = {"said": said, "slots": {"contact": "571-555-0144"}} | ({"asked": asked} if asked else {})
    assert misses(case, play(case)) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("in the afternoon, after 4", "after 4"),
        ("mornings, Mondays or Tuesdays", "Monday or Tuesday mornings"),
        ("330 or later", "after 3:30 pm"),
        ("at 1115", "at 11:15"),
        ("Saturdays if you have them?", "Saturdays"),
        ("mornings or after 4", "mornings or after 4 pm"),
        ("afternoons, or mornings on Friday", "afternoons, or mornings on Friday"),
    ],
)
def test_hours_are_read_together(said: str, kept: str) -> None:
    """Without it one wish would become two, or none."""
    case: Case = {"asked": "preferred_times", "said": said, "slots": {"preferred_times": kept}}
    assert misses(case, play(case)) == []


@pytest.mark.parametrize(
    "said", ["are you open Saturdays?", "what time on Mondays do you close?", "do you have parking at 330 Main?"]
)
def test_questions_stay_questions(said: str) -> None:
    """Without it every question with a day in it would become a wish."""
    assert "preferred_times" not in play({"asked": "preferred_times", "said": said}).after


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("the Monday before Thanksgiving", "2025-11-24"),
        ("two days after Christmas", "2025-12-27"),
        ("día después de Navidad", "2025-12-26"),
        ("the fourth of July", "2026-07-04"),
    ],
)
def test_a_day_may_be_told_by_a_holiday(said: str, day: str) -> None:
    """Without it such a date would be taken for a wish for a visit."""
    assert parse("event_date", said, ParseContext(TODAY)) == Parsed(day)


def test_before_a_holiday_alone_is_no_day() -> None:
    """Without it "some time before Christmas" would be Christmas."""
    assert not isinstance(parse("event_date", "some time before Christmas", ParseContext(TODAY)), Parsed)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("m as in mary, k as in kite, dot h-u-g-h-e-s at post.example", "mk.hughes@post.example"),
        ("j-o-e dot smith at post.example", "joe.smith@post.example"),
        ("b for bob, r-a-y at mail dot example", "bray@mail.example"),
    ],
)
def test_an_address_may_be_dictated(said: str, kept: str) -> None:
    """Without it who spells an address would be asked for it again and again."""
    assert parse("email", said, ParseContext(TODAY)) == Parsed(kept)


@pytest.mark.parametrize(
    "said", ["call me at noon. then we talk", "I see her at home.Then I go", "he works at post.example"]
)
def test_a_sentence_is_no_address(said: str) -> None:
    """Without it any "at" before a dot would make an address."""
    assert not isinstance(parse("email", said, ParseContext(TODAY)), Parsed)


def _own_action() -> Catalogue:
    fields = [
        ("patient_name", "person_name", "Name"),
        ("claim", "text", "Claim number"),
        ("adjuster", "text", "Adjuster's name"),
        ("injury", "date", "Date of injury"),
        ("reason", "reason", "Reason"),
        ("contact", "contact", "Phone"),
    ]
    slots = tuple(SlotSpec(name, kind, {"en": label}, {"en": f"{label}?"}) for name, kind, label in fields)
    return Catalogue([Action("work_injury", {"en": "work injury"}, {"en": ("open a claim",), "es": ()}, slots)])


@pytest.mark.parametrize(
    ("asked", "said", "given"),
    [
        (
            "patient_name",
            "Rosa Diaz, claim number is WC-2026-118 and the adjuster is Pam Diaz",
            {"patient_name": "Rosa Diaz", "claim": "WC-2026-118", "adjuster": "Pam Diaz"},
        ),
        ("contact", "the claim # 88123, my phone is 703-555-0111", {"claim": "88123", "contact": "703-555-0111"}),
        ("reason", "I hurt my back. The date of injury was Feb 3", {"injury": "Feb 3", "reason": "I hurt my back."}),
        (None, "I need to open a claim, the claim number is 118-22", {"claim": "118-22"}),
        ("reason", "the adjuster was rude", {"reason": "the adjuster was rude"}),
        ("reason", "my claim is still open", {"reason": "my claim is still open"}),
        ("reason", "the adjuster is being difficult", {"reason": "the adjuster is being difficult"}),
    ],
)
def test_a_clinics_own_fields_are_kept_by_their_names(asked: str | None, said: str, given: dict[str, str]) -> None:
    """Without it a claim number that was volunteered would be asked for; a story about an adjuster is no name."""
    status = ActionStatus.COLLECTING if asked else None
    state = State(action="work_injury" if asked else None, status=status, asking=asked)
    commands = RulesUnderstanding().understand(said, state, _own_action())
    assert {one.name: one.said for one in commands if isinstance(one, SetSlot)} == given


def test_the_day_of_an_accident_is_no_surgery() -> None:
    """Without it the clinic's own field for another day would be filled with that of the surgery."""
    catalogue = Catalogue(
        [
            Action(
                "visit",
                {"en": "visit"},
                {"en": (), "es": ()},
                (
                    SlotSpec("contact", "contact", {"en": "Phone"}, {"en": "?"}),
                    SlotSpec("accident", "event_date", {"en": "Accident"}, {"en": "?"}),
                ),
            )
        ]
    )
    state = State(action="visit", status=ActionStatus.COLLECTING, asking="contact")
    commands = RulesUnderstanding().understand("703-555-0111, my surgery was on Feb 3", state, catalogue)
    assert [one.name for one in commands if isinstance(one, SetSlot)] == ["contact"]


@pytest.mark.parametrize(
    ("asked", "said", "kept"),
    [
        ("patient_name", "patient is minor child Tobias Lindqvist", "Tobias Lindqvist"),
        ("patient_name", "WC claimant: OYELARAN, FUNMI", "Funmi Oyelaran"),
        ("patient_name", "an 8 year old, Mia Ford", "Mia Ford"),
        ("patient_name", "Son Nguyen", "Son Nguyen"),
        ("patient_name", "Young Kim", "Young Kim"),
        ("patient_name", "Patience Wells", "Patience Wells"),
        ("preferred_times", "the dr's name is Amy Woo, W O O", "Ana Ruiz"),
        ("insurance_carrier", "United Healthcare, through my husband, his name is Rolf Ruiz", "Ana Ruiz"),
        ("referring_provider", "my last name changed, I'm Ana Whitfield now", "Ana Whitfield"),
        ("referring_provider", "by the way my first name has two n's, Anna", "Anna Ruiz"),
    ],
)
def test_the_patients_name_is_theirs_alone(asked: str, said: str, kept: str) -> None:
    """Without it words about the patient, and other people's names, would become the patient's name."""
    assert play({"asked": asked, "said": said}).after["patient_name"] == kept


@pytest.mark.parametrize(
    "said",
    ["sure thing, just a minute while I park", "hold on, somebody is at the door", "one sec, let me get my glasses"],
)
def test_a_pause_answers_nothing(said: str) -> None:
    """Without it somebody who leaves the keyboard would be called Thing."""
    assert play({"asked": "patient_name", "said": said}).after == {}


def test_a_pause_with_a_value_gives_it() -> None:
    """Without it "hold on, it's Humana" would be lost."""
    assert play({"asked": "insurance_carrier", "said": "hold on, it's Humana"}).after["insurance_carrier"] == "Humana"


@pytest.mark.parametrize(
    "said", ["my phone is broken, use my daughter's 703-555-0111", "mi teléfono está roto, 703-555-0111"]
)
def test_a_broken_phone_is_no_complaint(said: str) -> None:
    """Without it a broken phone would be the reason for the visit; a broken wrist stays one."""
    assert "reason" not in play({"asked": "contact", "said": said}).after
    assert play({"asked": "contact", "said": "703-555-0111, my wrist is broken"}).after.get("reason")


def test_what_might_be_wrong_is_kept() -> None:
    """Without it a doubt would throw away what was given; "is wrong" still does."""
    assert play({"said": "the id might be wrong, let me check"}).after["member_id"]
    assert "member_id" not in play({"said": "the id is wrong"}).after


def test_only_a_day_is_mended() -> None:
    """Without it "no, the 21st" would change the times that suit, or move the date a month."""
    case: Case = {"asked": "surgery_date", "said": "January 12. no, the 21st", "slots": {"surgery_date": "2026-01-21"}}
    assert misses(case, play(case)) == []
    assert date.fromisoformat(play(case).after["surgery_date"]) == date(2026, 1, 21)


def test_a_person_who_is_asked_for_by_name_is_handed_over() -> None:
    """Without it the name would be looked for in vain: asking for a person is never refused."""
    state = State(action="work_injury", status=ActionStatus.COLLECTING, asking="claim")
    commands = RulesUnderstanding().understand("I'd rather talk to Desmond", state, _own_action())
    assert commands == [RequestHuman()]
    assert not any(isinstance(one, StartAction) for one in commands)
