"""Laws of reading values: no text breaks a parser, a number is the same in every form, nothing private stays."""

import json
import re
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.check_digit import luhn
from app.dialogue.private import MASKS, mask
from app.dialogue.slots import LONGEST, PARSERS, ParseContext, Parsed, Rejected, parse
from app.dialogue.slots.npi import ISSUER
from app.dialogue.state import ActionStatus, State
from app.dialogue.wording import LANGUAGES, wording
from app.understanding.rules import RulesUnderstanding

TODAY = date(2026, 3, 2)
SLOWEST = 30.0
"""Seconds, on a machine with much else to do; a wild pattern takes hours."""
CONTEXT = ParseContext(TODAY, {"cigna": "Cigna"}, choices=("Morning", "Evening", "Home visit"))
NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "eval" / "safety" / "naughty_strings.json"
DIGIT_WORDS = {
    "en": ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
}
AROUND = ["{}", "my number is {}", "it's {} thanks", "call {}, please", "mi teléfono es {}", "cell: {}."]
FORMS = [
    "{a}{b}{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "{a} {b} {c}", "({a}) {b}-{c}", "({a}){b}-{c}", "({a}) {b} {c}",
    "{a}/{b}/{c}", "+1 {a} {b} {c}", "+1{a}{b}{c}", "+1-{a}-{b}-{c}", "1-{a}-{b}-{c}", "1 ({a}) {b}-{c}",
    "1.{a}.{b}.{c}", "{a} - {b} - {c}",
    "{a}-{b}-{c} x12", "{a}-{b}-{c} ext. 4", "{a} {b} {c} extension 123", "{a}–{b}–{c}",
]  # fmt: skip
WORDS = [
    "my", "dr.", "at", "dot", "@", "the", "12th", "of", "next", "week", "after", "3", "pm", "not", "fri", "555", "-",
    "(", "W12", "zip", "npi", "born", "one", "two", "double", "0143", "gmail", "com", "no", "y", "lunes", "ñ", "/",
    ",", "and", "before", "noon", "from", "to", "31", "february", "year", "ssn", "card", "4111",
]  # fmt: skip
# what people write, and what nobody should
texts = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            WORDS
        ),
        max_size=14,
    ).map(" ".join),
)  # fmt: skip


@given(st.sampled_from(sorted(PARSERS)), texts)
@settings(deadline=None, max_examples=600)
def test_no_text_breaks_a_parser(kind: str, said: str) -> None:
    """Without it one odd message could end a conversation with an error, or a value be kept that JSON cannot hold."""
    read = parse(kind, said, CONTEXT)
    assert isinstance(read, Parsed | Rejected)
    if isinstance(read, Parsed):
        json.dumps(read.value)
    else:
        assert all(wording(code).say(f"rejected.{read.reason}") for code in LANGUAGES)


@given(st.sampled_from([None, *sorted(PARSERS)]), texts)
@settings(deadline=None, max_examples=300)
def test_no_text_breaks_understanding(asked: str | None, said: str) -> None:
    """Without it a patient could be answered with an apology for words that other people find odd."""
    specs = tuple(SlotSpec(kind, kind, {"en": kind}, {"en": f"{kind}?"}) for kind in sorted(PARSERS))
    catalogue = Catalogue([Action("visit", {"en": "visit"}, {"en": (), "es": ()}, specs)], {"cigna": "Cigna"})
    status = ActionStatus.COLLECTING if asked else None
    state = State(action="visit" if asked else None, status=status, asking=asked)
    assert RulesUnderstanding().understand(mask(said)[0], state, catalogue)


@pytest.mark.parametrize(
    "unit",
    [
        "1 ",
        "1-",
        "4111 ",
        "a",
        "one two ",
        "gmail com ",
        "@ . ",
        "dot at ",
        "next week ",
        "march 9 or 10 ",
        "W1 ",
        "y ",
        "Dr. ",
    ],
)
def test_no_long_text_takes_long(unit: str) -> None:
    """Without it one message of the longest kind could hold up everybody's by a pattern that runs wild."""
    text = unit * (4000 // len(unit))
    started = time.perf_counter()
    kept = mask(text)[0]
    for kind in PARSERS:
        parse(kind, kept[:LONGEST], CONTEXT)
    assert time.perf_counter() - started < SLOWEST


@given(
    st.from_regex(r"[2-9][0-8][0-9]", fullmatch=True),
    st.from_regex(r"[2-9][0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.sampled_from(FORMS),
    st.sampled_from(AROUND),
)
@settings(deadline=None, max_examples=400)
def test_every_way_to_write_a_phone_is_the_same_number(
    area: str, office: str, line: str, form: str, around: str
) -> None:
    """Without it a patient could be told that a number is wrong only because of its hyphens."""
    said = around.format(form.format(a=area, b=office, c=line))
    for kind in ("phone", "contact", "fax"):
        assert parse(kind, said, CONTEXT) == Parsed(f"+1{area}{office}{line}")
    assert mask(said) == (said, ())


@given(st.from_regex(r"[2-9][0-8][0-9][2-9][0-9]{6}", fullmatch=True), st.sampled_from(["en", "es"]), st.data())
@settings(deadline=None)
def test_a_spelled_phone_is_the_same_number(digits: str, language: str, data: st.DataObject) -> None:
    """Without it people who dictate could not leave a number."""
    words = [DIGIT_WORDS[language][int(digit)] for digit in digits]
    joined = "".join(word + data.draw(st.sampled_from([" ", ", "])) for word in words[:-1]) + words[-1]
    assert parse("phone", joined, CONTEXT) == Parsed(f"+1{digits}")


@given(st.emails())
@settings(deadline=None)
def test_an_address_is_kept_as_typed(address: str) -> None:
    """Without it a message could go to another mailbox than the patient's."""
    assume(re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", address))
    read = parse("email", f"it's {address} ok", CONTEXT)
    assert read in (Parsed(address), Rejected("email_wrong"))


@given(st.dates(date(1910, 1, 1), TODAY))
def test_a_birth_date_is_read_in_every_form(born: date) -> None:
    """Without it a chart could be looked for under another birthday."""
    for said in (
        born.isoformat(), f"{born.month}/{born.day}/{born.year}", f"{born:%m-%d-%Y}",
        f"{born:%B} {born.day}, {born.year}",
        f"{born.day} {born:%b} {born.year}", f"DOB {born:%m/%d/%Y}", f"{born:%m%d%Y}",
    ):  # fmt: skip
        assert parse("birth_date", said, CONTEXT) == Parsed(born.isoformat()), said


@given(st.dates(TODAY, TODAY + timedelta(days=360)))
def test_a_day_is_read_in_every_form(day: date) -> None:
    """Without it the coordinator would call about another day than the patient's."""
    for said in (
        day.isoformat(),
        f"{day:%B} {day.day}",
        f"the {day.day} of {day:%B}",
        f"{day.month}/{day.day}/{day.year}",
    ):
        assert parse("date", said, CONTEXT) == Parsed(day.isoformat()), said


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(0, 9))
def test_only_one_last_digit_makes_an_npi(nine: str, last: int) -> None:
    """Without it a mistyped identifier of a doctor would be taken."""
    number = f"{nine}{last}"
    right = luhn(ISSUER + number)
    assert (parse("npi", f"NPI: {number}", CONTEXT) == Parsed(number)) is right
    assert right or parse("npi", number, CONTEXT) == Rejected("npi_check")
    assert mask(f"npi {number}") == (f"npi {number}", ())


@given(
    st.from_regex(r"[0-8][0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.sampled_from(["-", " ", ".", " - ", "/", "–"]),
    st.sampled_from(["{}", "it is {}.", "ssn {}", "here: {} ok", "mi seguro social es {}"]),
)
def test_no_social_security_number_passes_the_door(a: str, b: str, c: str, sep: str, around: str) -> None:
    """Without it a number that opens a bank account would lie in a transcript."""
    text, kinds = mask(around.format(sep.join((a, b, c))))
    assert kinds == ("ssn",)
    assert a + b not in re.sub(r"\D", "", text.replace(MASKS["ssn"], ""))
    assert mask(text) == (text, kinds)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.sampled_from(["my social is {}", "ssn: {}", "{} is my ssn"]))
def test_a_spelled_social_security_number_is_masked_too(digits: str, around: str) -> None:
    """Without it dictation would be a way past the door."""
    spelled = " ".join(DIGIT_WORDS["en"][int(digit)] for digit in digits)
    text, kinds = mask(around.format(spelled))
    assert kinds == ("ssn",)
    assert spelled not in text


@given(
    st.from_regex(r"(4[0-9]{14}|5[1-5][0-9]{13}|2[3-6][0-9]{13})", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", "  "]),
    st.sampled_from(["{}", "card {} exp 12/27 cvv 123", "use {}, zip 20147", "{} 123"]),
)
def test_no_card_number_passes_the_door(start: str, sep: str, around: str) -> None:
    """Without it the clinic would keep what only a payment provider may."""
    number = next(start + str(last) for last in range(10) if luhn(start + str(last)))
    text, kinds = mask(around.format(sep.join(number[at : at + 4] for at in range(0, 16, 4))))
    assert "card" in kinds
    assert number not in re.sub(r"\D", "", text)


@given(st.from_regex(r"[A-Z]{1,3}[0-9]{6,11}", fullmatch=True), st.dates(date(1920, 1, 1), TODAY))
def test_member_ids_and_dates_pass_the_door(number: str, day: date) -> None:
    """Without it the door would swallow what the clinic needs."""
    for kept in (
        f"member id {number}",
        f"ID: {number}",
        f"born {day:%m/%d/%Y}",
        f"{day.isoformat()}",
        f"dob {day:%m-%d-%Y}",
    ):
        assert mask(kept) == (kept, ())


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="the shared list of naughty strings is not there")
@pytest.mark.parametrize("kind", sorted(PARSERS))
def test_naughty_strings_break_no_parser(kind: str) -> None:
    """Without it a string that is known to break software would break the desk."""
    for said in json.loads(NAUGHTY.read_text("utf-8")):
        assert isinstance(parse(kind, said, CONTEXT), Parsed | Rejected)
        assert mask(mask(said)[0]) == mask(said)
