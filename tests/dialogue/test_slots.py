"""What patients type becomes the normal form that the coordinator reads."""

from datetime import date

import pytest

from app.dialogue.slots import PARSERS, ParseContext, Parsed, Rejected, parse

CONTEXT = ParseContext(
    date(2026, 3, 2), {"cigna": "Cigna", "bcbs": "Blue Cross Blue Shield"}, choices=("Left", "Right")
)


def _value(kind: str, said: str) -> object:
    read = parse(kind, said, CONTEXT)
    assert isinstance(read, Parsed), f"{said!r} was rejected: {read}"
    return read.value


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("person_name", "my name is rosa o'brien-łuczak", "Rosa O'Brien-Łuczak"),
        ("person_name", "It's for my mom Rosa", "Rosa"),
        ("person_name", "Cher", "Cher"),
        ("birth_date", "March the eleventh, nineteen thirty-eight", "1938-03-11"),
        ("birth_date", "july twenty-first, twenty fourteen", "2014-07-21"),
        ("birth_date", "el treinta y uno de enero de dos mil dos", "2002-01-31"),
        ("birth_date", "the third of may sixty-one", "1961-05-03"),
        ("event_date", "early february, the 5th", "2026-02-05"),
        ("member_id", "capital J, capital Q, then 200 718 334", "JQ200718334"),
        ("person_name", "Delgado, Rosa", "Rosa Delgado"),
        ("person_name", "me llamo maría de la cruz", "María de la Cruz"),
        ("person_name", "李小龍", "李小龍"),
        ("contact", "my cell is (212) 555 0143.", "+12125550143"),
        ("contact", "call me at 212.555.0143 ext 4", "+12125550143"),
        ("contact", "+44 20 7946 0018", "+442079460018"),
        ("contact", "Rosa.D@Mail.example.", "Rosa.D@Mail.example"),
        ("contact", "rosa at mail dot example", "rosa@mail.example"),
        ("provider", "I was referred by dr smith at the ortho center", "Dr. Smith at the ortho center"),
        ("provider", "Kim Tran, PA-C", "Kim Tran, PA-C"),
        ("provider", "Northside Orthopedics", "Northside Orthopedics"),
        ("provider", "nobody, I found you online", "self-referred"),
        ("provider", "la dra. ana ruiz", "Dra. Ana Ruiz"),
        ("specialty", "he's an orthopedic surgeon", "orthopedic surgery"),
        ("specialty", "ortopedista", "orthopedics"),
        ("specialty", "orthapedist", "orthopedics"),
        ("specialty", "wound care", "wound care"),
        ("carrier", "I have Cigna PPO", "Cigna PPO"),
        ("carrier", "cgina", "Cigna"),
        ("carrier", "bcbs of the coast", "Blue Cross Blue Shield"),
        ("carrier", "Moda Health", "Moda Health"),
        ("carrier", "I'm paying cash", "no insurance"),
        ("member_id", "it's CG 7712-9045", "CG77129045"),
        ("member_id", "my member id is w2210 4471", "W22104471"),
        ("reason", "it's for my back pain.", "my back pain"),
        ("zip", "I live in 20147", "20147"),
        ("date", "March 4th", "2026-03-04"),
        ("date", "el 12 de abril", "2026-04-12"),
        ("date", "7/9/1961", "1961-07-09"),
        ("yes_no", "sí, claro", "yes"),
        ("choice", "the left one", "Left"),
        ("choice", "2", "Right"),
    ],
)
def test_words_become_the_normal_form(kind: str, said: str, value: object) -> None:
    """Without it staff would get the wrapping instead of the value, or no value at all."""
    assert _value(kind, said) == value


@pytest.mark.parametrize(
    ("said", "windows"),
    [
        ("weekday mornings before 10", [(None, "10:00", ["mon", "tue", "wed", "thu", "fri"])]),
        ("Tuesday or Thursday afternoons", [("12:00", "17:00", ["tue", "thu"])]),
        ("Mondays before 10 and Wednesdays after 3", [(None, "10:00", ["mon"]), ("15:00", None, ["wed"])]),
        ("between 9 and 11 on Tuesdays", [("09:00", "11:00", ["tue"])]),
        ("Mon-Thu 8-10am", [("08:00", "10:00", ["mon", "tue", "wed", "thu"])]),
        ("afternoons, any day but Monday", [("12:00", "17:00", ["tue", "wed", "thu", "fri", "sat", "sun"])]),
        ("Mondays, but not before 9", [("09:00", None, ["mon"])]),
        ("I can't do after 3 pm", [(None, "15:00", [])]),
        ("los lunes, no antes de las 10", [("10:00", None, ["mon"])]),
        ("Wednesdays, before noon", [(None, "12:00", ["wed"])]),
        ("not Fridays", [(None, None, ["mon", "tue", "wed", "thu"])]),
        ("the 12th at half past 2 in the afternoon", [("14:30", "14:30", ["2026-03-12"])]),
        ("3 o'clock in the afternoon", [("15:00", "15:00", [])]),
        ("los martes por la tarde", [("12:00", "19:00", ["tue"])]),
        ("mañana a las 3", [("15:00", "15:00", ["2026-03-03"])]),
        ("I work nights so mornings", [(None, "12:00", [])]),
        ("mornings, I work nights", [(None, "12:00", [])]),
        ("I work nights", [(None, None, [])]),
        ("I teach until noon, so after that", [("12:00", None, [])]),
        ("trabajo de noche, puedo por la tarde", [("12:00", "19:00", [])]),
        ("nights I work so mornings", [(None, "12:00", [])]),
        ("mornings I sleep, so evenings", [("17:00", None, [])]),
        ("Mondays he has school, Tuesdays are ok", [(None, None, ["tue"])]),
        ("mornings, not wednesdays he has class", [(None, "12:00", ["mon", "tue", "thu", "fri"])]),
        ("mornings I work nights", [(None, "12:00", [])]),
        ("evenings I prefer", [("17:00", None, [])]),
        ("I can't do mornings. wed or thu afternoon", [("12:00", "17:00", ["wed", "thu"])]),
        ("mornings work for me", [(None, "12:00", [])]),
        ("after my surgery on the 12th", [("2026-03-13", None, [])]),
        ("whenever you have an opening", [(None, None, [])]),
        ("mornings from March 9 on", [("2026-03-09", "12:00", [])]),
        ("from March 9 to March 11", [(None, None, ["2026-03-09", "2026-03-10", "2026-03-11"])]),
        ("after 3, starting March 9", [("2026-03-09T15:00", None, [])]),
        ("Tuesdays, starting March 9", [("2026-03-09", None, ["tue"])]),
        ("any time before the 20th", [(None, "2026-03-19", [])]),
        ("the week of March 16, afternoons", [("12:00", "17:00", [f"2026-03-{day}" for day in range(16, 21)])]),
        ("a partir del 9 de marzo", [("2026-03-09", None, [])]),
    ],
)
def test_times_become_windows(said: str, windows: list[tuple[str | None, str | None, list[str]]]) -> None:
    """Without it the coordinator would call at hours the patient ruled out."""
    value = _value("preferred_times", said)
    assert isinstance(value, list)
    assert [(window["from"], window["to"], window["days"]) for window in value] == windows
    assert all(window["said"] == said for window in value)


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        ("contact", "555-0143", "phone_short"),
        ("contact", "112-555-0143", "phone_wrong"),
        ("contact", "rosa@", "email_wrong"),
        ("contact", "call me", "contact_missing"),
        ("person_name", "212-555-0143", "name_missing"),
        ("person_name", "agent 47", "name_digits"),
        ("person_name", "it's a mononym", "name_unclear"),
        ("person_name", "así nomás", "name_unclear"),
        ("person_name", "same as my husband's", "name_unclear"),
        ("person_name", "that's it", "name_missing"),
        ("provider", "March the eleventh, nineteen thirty-eight", "provider_missing"),
        ("provider", "el treinta y uno de enero de dos mil doce", "provider_missing"),
        ("member_id", "it is on my card", "member_id_missing"),
        ("zip", "2014", "zip_wrong"),
        ("text", "x" * 1001, "too_long"),
        ("member_id", "123-45-6789", "ssn_not_kept"),
        ("text", "my social is 123456789", "ssn_not_kept"),
        ("member_id", "4111 1111 1111 1111", "card_not_kept"),
    ],
)
def test_what_cannot_be_read_says_why(kind: str, said: str, reason: str) -> None:
    """Without it a number that nobody can dial would be taken, or a private number be stored."""
    assert parse(kind, said, CONTEXT) == Rejected(reason)


@pytest.mark.parametrize("kind", sorted(PARSERS))
@pytest.mark.parametrize(
    "said", ["", " ", "\x00", "🙂" * 40, "(((((", "a" * 999, "1" * 999, "@" * 50, "٣٤٥", "Dr. " * 60, "- - - , , ;"]
)
def test_no_text_breaks_a_parser(kind: str, said: str) -> None:
    """Without it one odd message could end a conversation with an error."""
    assert isinstance(parse(kind, said, CONTEXT), Parsed | Rejected)


@pytest.mark.parametrize("said", ["By pigeon", "by carrier pigeon", "by bus"])
def test_words_that_share_only_a_small_word_choose_nothing(said: str) -> None:
    """The request would say that the patient chose what they never named."""
    options = ("Pick up", "By mail", "By fax")
    assert isinstance(parse("choice", said, ParseContext(date(2026, 3, 2), {}, choices=options)), Rejected)
