"""Which passwords people may choose: long ones that are not guessed first. No rule about capitals or signs (NIST SP
800-63B): such rules make passwords that are hard to remember and easy to guess."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from app.errors import Invalid

SHORTEST, LONGEST = 12, 128
FEWEST_LETTERS = 4
"""That must be left once every word that is guessed first is taken out."""
SHORTEST_OWN_WORD = 3
REMEDY = "Use a few unrelated words, for example four that you picked with closed eyes from a book."
_LOOKALIKES = tuple(str.maketrans(f"0{one}3457@$!|", f"o{letter}eastasil") for one, letter in ("1i", "1l"))


def check_new_password(password: str, own_words: Iterable[str]) -> None:
    """Raises Invalid for a password that is too short, too long, or made of words that are guessed first. `own_words`
    are the person's e-mail and the names of their clinics."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            f"The password has {len(password)} characters; it needs {SHORTEST} to {LONGEST}.",
            "Use a few unrelated words.",
        )
    words = {part for text in own_words for part in _parts(text)} | _common()
    if len(set(password)) < 5 or any(_left(form, words) < FEWEST_LETTERS for form in _readings(password)):
        raise Invalid("The password is too easy to guess.", REMEDY)


def _readings(password: str) -> set[str]:
    """As typed, and with digits and signs read as the letters that they look like."""
    folded = password.casefold()
    return {folded, *(folded.translate(table) for table in _LOOKALIKES)}


def _left(text: str, words: set[str]) -> int:
    """How many different letters remain without the words, the longest taken out first."""
    letters = "".join(c for c in text if c.isalpha())
    for word in sorted(words, key=len, reverse=True):
        letters = letters.replace(word, " ")
    return len(set(letters) - {" "})


def _parts(text: str) -> set[str]:
    """The words of a name or an e-mail, alone and run together."""
    words = "".join(c if c.isalpha() else " " for c in text.casefold()).split()
    return {part for part in (*words, "".join(words)) if len(part) >= SHORTEST_OWN_WORD}


@cache
def _common() -> frozenset[str]:
    path = Path(__file__).with_name("common_passwords.yaml")
    return frozenset(yaml.safe_load(path.read_text(encoding="utf-8"))["words"])
