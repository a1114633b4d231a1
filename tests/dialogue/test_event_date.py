"""A surgery lies behind or ahead: a day without its year must not be taken for next year's."""

from datetime import date

import pytest

from app.dialogue.slots import ParseContext, Parsed, Rejected, parse

MONDAY = ParseContext(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("October 3", "2026-10-03"),
        ("it was on November 12th", "2026-11-12"),
        ("the 12th", "2026-11-12"),
        ("el 12", "2026-11-12"),
        ("December 4", "2026-12-04"),
        ("I had it on March 4", "2026-03-04"),
        ("March 4", "2027-03-04"),
        ("March 4 2024", "2024-03-04"),
        ("10/3/2026", "2026-10-03"),
        ("three weeks ago", "2026-11-02"),
        ("about 2 months ago", "2026-09-24"),
        ("a couple of weeks ago", "2026-11-09"),
        ("hace dos semanas", "2026-11-09"),
        ("last Tuesday", "2026-11-17"),
        ("el martes pasado", "2026-11-17"),
        ("last week", "2026-11-16"),
        ("la semana pasada", "2026-11-16"),
        ("yesterday", "2026-11-22"),
        ("tomorrow", "2026-11-24"),
        ("next Monday", "2026-11-30"),
        ("in two weeks", "2026-12-07"),
    ],
)
def test_the_day_that_is_meant(said: str, day: str) -> None:
    assert parse("event_date", said, MONDAY) == Parsed(day)


def test_no_day_is_no_day() -> None:
    assert parse("event_date", "a while back I guess", MONDAY) == Rejected("date_wrong")
