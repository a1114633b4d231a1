"""What a language model may read of a patient's words, and what it may not."""

import json
import re
import time

import pytest

from app.llm.identifying.vocabulary import words
from app.llm.redaction import Vault
from tests.llm.canaries import Canary, canaries, left_in

TOKEN = re.compile(r"\[[A-Z_]+_\d+[a-z]{0,2}\]")

HIDDEN = [
    ("My name is Robin Ames", "My name is [NAME_1]"),
    ("bob tran here, knee pain", "[NAME_1] here, knee pain"),
    ("me llamo maría fernández y tengo Blue Cross", "me llamo [NAME_1] y tengo Blue Cross"),
    ("Grace Hill", "[NAME_1]"),
    ("will hunter", "[NAME_1]"),
    ("please ask Will to call me", "please ask [NAME_1] to call me"),
    ("my name is summer field", "my name is [NAME_1]"),
    ("Referred by Dr. Smith, MD", "Referred by Dr. [NAME_1], MD"),
    ("Name: J. R. Hartley", "Name: [NAME_1]"),
    ("it's spelled R-o-b-i-n", "it's spelled [NAME_1]"),
    ("Can I come on Tuesday?\nThanks,\nRose", "Can I come on Tuesday?\nThanks,\n[NAME_1]"),
    ("call 571-555-0142 or (703) 555 0126", "call [PHONE_1] or [PHONE_2]"),
    ("5 7 1 5 5 5 0 1 4 2", "[PHONE_1]"),
    ("five seven one five five five oh one four two", "[PHONE_1]"),
    ("cinco siete uno, cinco cinco cinco, cero uno cuatro dos", "[PHONE_1]"),
    ("５７１-５５５-０１４２", "[PHONE_1]"),
    ("٥٧١٥٥٥٠١٤٢", "[PHONE_1]"),
    ("robin dot ames at mail dot com", "[EMAIL_1]"),
    ("write robin_ames@mail.example", "write [EMAIL_1]"),
    ("my member id is XYZ 123 456 789", "my member id is [MEMBER_ID_1]"),
    ("W123-45-678 is on the card", "[MEMBER_ID_1] is on the card"),
    ("born 3/4/1980", "born [BIRTH_DATE_1]"),
    ("dob march fourth nineteen eighty", "dob [BIRTH_DATE_1]"),
    ("nací el 4 de marzo de 1980", "nací el [BIRTH_DATE_1]"),
    ("Her birthday is March 3.", "Her birthday is [BIRTH_DATE_1]."),
    ("I live at 12 Elm Street apt 4B", "I live at [ADDRESS_1]"),
    ("vivo en calle Olmo 12", "vivo en [ADDRESS_1]"),
    ("see https://patient.example/robin?id=7", "see [ADDRESS_1]"),
    ("Ro\u200bbin has pain", "[NAME_1] has pain"),
    ("ｒｏｂｉｎ has pain", "[NAME_1] has pain"),
    ("𝓡𝓸𝓫𝓲𝓷 has pain", "[NAME_1] has pain"),
    ("Rоbin has pain", "[NAME_1] has pain"),  # a Cyrillic o
    ("R0bin has pain", "[MEMBER_ID_1] has pain"),
]
VISIBLE = [
    "Do you take Aetna PPO, Blue Cross Blue Shield or United Healthcare?",
    "do i need a referal for physical therpy, my shoudler hurts",
    "I hurt my L4-L5 disc 2 weeks ago, 45 years old",
    "What is the copay? I paid $1,500.00 last year, 20% of it",
    "Are you open at 10:30am on Saturday, or 5 pm in May?",
    "Will you take Medicare in 2026? May I park there?",
    "¿Aceptan mi seguro? Me duele la rodilla y necesito una cita el lunes por la mañana.",
    "My doctor said I need pelvic floor therapy after my C-section",
    "MRI showed a torn ACL and MCL, 20mg of prednisone",
    "I had a total knee replacement; can you do dry needling and aquatic therapy?",
    "How long is the first visit, and what should I bring?",
    "My son plays soccer and sprained his ankle",
    "is kaiser permanente ok? or tricare?",
    "I can only come in the morning, 2-3 times a week for 6 weeks",
]


@pytest.mark.parametrize(("typed", "sent"), HIDDEN)
def test_what_tells_who_a_patient_is_becomes_a_token(typed: str, sent: str) -> None:
    vault = Vault()
    assert vault.hide(typed) == sent
    assert vault.show(sent) == typed


@pytest.mark.parametrize("typed", VISIBLE)
def test_what_is_asked_stays_readable(typed: str) -> None:
    assert Vault().hide(typed) == typed


def test_one_value_has_one_token_and_another_way_of_writing_it_a_letter_more() -> None:
    vault = Vault([("NAME", "Robin Ames")])
    first = vault.hide("Robin Ames, 571-555-0142. ROBIN AMES, (571) 555-0142. Robin Ames")
    assert first == "[NAME_1], [PHONE_1]. [NAME_1b], [PHONE_1b]. [NAME_1]"
    assert vault.hide("when can robin come?") == "when can [NAME_2] come?"
    assert vault.show("[NAME_1b] or [NAME_1], [PHONE_1]") == "ROBIN AMES or Robin Ames, 571-555-0142"


def test_a_name_found_once_is_hidden_from_then_on() -> None:
    vault = Vault()
    assert vault.hide("My name is Summer Field") == "My name is [NAME_1]"
    assert "summer" not in vault.hide("can summer come at 9 am?")


@pytest.mark.parametrize(
    "typed",
    [
        *("grace hill", "GRACE HILL", "Hill, Grace", "g r a c e  h i l l", "grace_hill", "GraceHill", "gracehill"),
        *("Grace\u200b Hill", "Gráce  Hill's", "grace.hill"),
    ],
)
def test_a_known_name_is_hidden_however_it_is_typed(typed: str) -> None:
    vault = Vault([("NAME", "Grace Hill")])
    hidden = vault.hide(f"the visit is for {typed} on monday")
    assert not re.search(r"g\W*r\W*a\W*c\W*e|h\W*i\W*l\W*l", TOKEN.sub("", hidden), re.IGNORECASE)
    assert vault.show(hidden) == f"the visit is for {typed} on monday"


def test_the_end_of_a_known_number_tells_it_too() -> None:
    vault = Vault([("PHONE", "+15715552019"), ("MEMBER_ID", "XYZ123456789")])
    assert "2019" not in vault.hide("the one that ends in 2019")
    assert "6789" not in vault.hide("it ends in 6789")


@pytest.mark.parametrize(
    "spelled",
    [
        *("[NAME_1]", "[name_1]", "[Name 1]", "[ NAME_1 ]", "\\[NAME\\_1\\]", "NAME_1", "<NAME_1>", "(NAME 1)"),
        *("[NAME-1]", "[NAME1]", "{NAME_1}"),
    ],
)
def test_a_token_is_known_however_a_model_spells_it(spelled: str) -> None:
    vault = Vault()
    vault.hide("My name is Robin Ames")
    assert vault.show(f"Hello {spelled}, welcome") == "Hello Robin Ames, welcome"
    assert vault.show(f"**{spelled}**'s visit") == "**Robin Ames**'s visit"


def test_a_token_that_stands_for_nothing_is_never_shown() -> None:
    vault = Vault()
    vault.hide("My name is Robin Ames")
    said = vault.show("Hello [NAME_7], call [PHONE_1] or NAME_2. [NAME_1].")
    assert said == "Hello, call or. Robin Ames."


def test_typed_tokens_stand_for_themselves() -> None:
    """A patient who types "[NAME_1]" learns nothing of another value, and a model cannot take it for one."""
    vault = Vault()
    typed = "My name is Robin Ames. [NAME_1] \\[NAME\\_1\\] ［NAME_1］ [PHONE_1] name_1"
    hidden = vault.hide(typed)
    assert TOKEN.sub("", hidden).count("NAME") == 0
    assert hidden.count("[NAME_1]") == 1
    assert vault.show(hidden) == typed


def test_a_token_is_never_split_in_a_stream() -> None:
    vault = Vault()
    hidden = vault.hide("My name is Robin Ames")
    pieces = list(vault.show_stream(iter(f"Hello [NAME_1], NAME_1! {hidden}")))
    assert "".join(pieces) == "Hello Robin Ames, Robin Ames! My name is Robin Ames"
    assert "Robin" in "".join(pieces[:12])
    assert not any("NAME" in piece or "[" in piece for piece in pieces)


_SAID = (
    "my name is {name} and my knee hurts",
    "Hi this is {name}, do you take Aetna?",
    "hola, me llamo {name}, me duele la espalda",
    "{name}, {phone}, {member_id}",
    "Name: {name}\nPhone: {phone}\nInsurance: Cigna\nMember ID: {member_id}\nDOB: {birth_date}\nAddress: {address}",
    "I was referred by Dr. {name} at the ortho center",
    "calling for my son {name}, born {birth_date}, we live at {address}",
    "email me at {email} or text {phone}. {name}",
    "what do i owe? {name} {phone}",
)


def _messages(patient: Canary) -> list[str]:
    filled = [said.format(**{field: getattr(patient, field) for field in patient.__slots__}) for said in _SAID]
    return [*filled, *(text.lower() for text in filled), *(text.upper() for text in filled)]


def test_nothing_of_any_made_up_patient_is_in_what_leaves() -> None:
    """With no more known than the messages say: 0 names that are no words, 0 numbers, 0 addresses."""
    patients = canaries()
    bodies = []
    for patient in patients:
        vault = Vault()
        sent = [vault.hide(text) for text in _messages(patient)]
        assert [vault.show(text) for text in sent] == _messages(patient)
        bodies += [json.dumps({"messages": [{"role": "user", "content": text}]}).encode() for text in sent]
    assert len(bodies) == len(patients) * len(_SAID) * 3
    assert left_in(bodies, patients) == []


def test_what_the_desk_knows_is_in_nothing_that_leaves_even_when_it_is_words() -> None:
    """Names like "Sunny Day" and "Mark Price"."""
    for patient in canaries():
        vault = Vault([("NAME", patient.name), ("PHONE", patient.phone), ("MEMBER_ID", patient.member_id)])
        for text in _messages(patient):
            hidden = TOKEN.sub("|", vault.hide(text))
            assert not re.search(rf"(?<!\w){re.escape(patient.name)}(?!\w)", hidden, re.IGNORECASE)


def test_the_sweep_finds_what_was_left() -> None:
    """A sweep that cannot fail proves nothing."""
    patient = canaries()[1]
    for leak in (
        patient.name.lower(),
        patient.phone,
        patient.email,
        patient.member_id,
        patient.address,
        patient.birth_date,
    ):
        body = json.dumps({"messages": [{"content": json.dumps({"slots": {"x": f"so {leak} it is"}})}]})
        assert left_in([body.encode()], [patient]), leak
    assert left_in([b'{"content": "[NAME_1] [PHONE_1]"}'], [patient]) == []


def test_the_words_of_the_front_desk_are_in_the_list_that_was_made() -> None:
    """clinic.yaml and common.txt belong together: scripts/export-words makes one from the other."""
    from app.dialogue.shipped import read_yaml

    listed = {word for text in read_yaml("app.llm.identifying.words", "clinic.yaml").values() for word in text.split()}
    assert listed <= words().keys()


@pytest.mark.parametrize(
    "bit", ["a-", "5", "'", "a@", "[", "é", "robin at mail ", "my name is ", "http://a", "12 elm ", "r "]
)
def test_time_grows_with_the_length_and_no_faster(bit: str) -> None:
    """Linear: 16 times the length takes about 16 times as long; what grows with the square takes 256 times."""

    def took(length: int) -> float:
        text, vault = (bit * length)[:length], Vault([("NAME", "Robin Ames"), ("PHONE", "+15715550142")])
        began = time.thread_time()  # other threads of the tests may work meanwhile
        assert vault.show(vault.hide(text)) == text
        return time.thread_time() - began

    took(1000)
    short = min(took(1000) for _ in range(3))
    assert min(took(16_000) for _ in range(3)) < 80 * short + 0.3
