"""What is masked at the door, and what has to pass it."""

import pytest

from app.dialogue.private import mask


@pytest.mark.parametrize(
    "text",
    [
        "123-45-6789",
        "123.45.6789",
        "my ssn 123456789",
        "123 45 6789 is my social",
        "social security: one two three, four five, six seven eight nine",
        "ssn 8473",
        "last 4 of my social are 1258",
        "5621 is my ssn",
        "mi seguro social termina en 4411",
        "my member id is my social 123-45-6789",
        "123456789 - the social security number",
    ],
)
def test_social_security_numbers_go(text: str) -> None:
    """Without it all of such a number, or the end that many places ask for as a password, would be kept."""
    masked, kinds = mask(text)
    assert kinds == ("ssn",)
    assert not any(char.isdigit() for char in masked.replace("last 4", ""))
    assert mask(masked) == (masked, kinds)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111.1111.1111.1111",
        "3782 822463 10005",
        "2223003122003222",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "four one one one one one one one one one one one one one one one",
        "4111-1111-1111-1111 123",
    ],
)
def test_card_numbers_go(text: str) -> None:
    """Without it the clinic would hold what it must not hold."""
    assert mask(text)[1] == ("card",)


@pytest.mark.parametrize(
    "text",
    [
        "503-555-0143 917-555-0188",
        "+34 912 34 5678",
        "member id 123-45-6789",
        "policy number: 123 45 6789",
        "npi 1234567893",
        "born 12/03/1984, zip 20147-1234",
        "on social security disability since 2019",
        "no social security number, call 703-555-0142",
        "ssn: no. my zip is 20147",
        "the social worker, room 1234",
        "one of two, or three at four",
        "4111 1111 1111 1112",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """Without it phones, member IDs, dates and codes would be lost at the door."""
    assert mask(text) == (text, ())
