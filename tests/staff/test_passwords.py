"""What may be a password, and how it is kept."""

import pytest
from argon2 import PasswordHasher, extract_parameters

from app.errors import Invalid
from app.usecases import passwords
from app.usecases.password_rules import LONGEST, check_new_password

pytestmark = pytest.mark.usefixtures("real_passwords")
OWN = ["rosa.imhof@kestrel-pt.example", "Kestrel Hollow Physical Therapy"]


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "P@ssw0rd!2026",
        "qwertyuiop12",
        "letmein-letmein",
        "iloveyou2026!!",
        "welcome1welcome",
        "123456789012",
        "2125550143-2026",
        "aaaaaaaaaaaa",
        "abababababab",
        "Frontdesk2026!",
        "MyClinic2026!!",
        "contraseña123",
        "Kestrel2026!!",
        "kestrelhollow1",
        "K3str3l-H0ll0w",
        "rosaimhof1984",
        "rosa.imhof@kestrel-pt.example",
        "correct horse battery staple",
        "a b c d e f g h i j k",
        "shorter one",
        "x" * (LONGEST + 1),
    ],
)
def test_password_that_is_guessed_first_is_refused(password: str):
    """A stranger would be in after the first hundred guesses, all of which the limits allow within a day."""
    with pytest.raises(Invalid) as refusal:
        check_new_password(password, OWN)
    assert password not in refusal.value.message


@pytest.mark.parametrize(
    "password",
    [
        "gravel teapot ninety owls",
        "four-unrelated-words-here",
        "my physical therapy pickle jumps",
        "ñandú ratón cuchara lejana",
        "日本の山と川は静かに光る雪",
        "x7Kq9-mPz2w-Rt5",
        "Kestrel thermostat umbrella",
        "l" * 3 + "umbrella thermostat",
        pytest.param(passwords.generate(), id="generated"),
    ],
)
def test_long_and_unguessed_is_enough(password: str):
    """Rules about capitals and signs would make people write passwords on paper."""
    check_new_password(password, OWN)


def test_longest_password_counts_to_its_last_letter():
    """A password that is cut when it is kept would open with its beginning."""
    longest = ("umbrella thermostat " * 10)[: LONGEST - 1] + "x"
    check_new_password(longest, OWN)
    kept = passwords.hash_password(longest)
    assert passwords.matches(kept, longest)
    assert not passwords.matches(kept, longest[:-1] + "y")


def test_hash_is_argon2id_with_the_memory_that_guessing_should_cost():
    """A library's new default, or a slip, would make stolen hashes cheap to guess."""
    kept = extract_parameters(passwords.hash_password("umbrella thermostat"))
    assert kept.type.name == "ID"
    assert kept.memory_cost >= 64 * 1024
    assert (kept.time_cost, kept.hash_len, kept.salt_len) == (3, 32, 16)


def test_accents_typed_on_another_keyboard_are_the_same():
    """One system sends ñ as one character, another as two: the person could sign in at one desk only."""
    kept = passwords.hash_password("ma\u00f1ana lejana 12")
    assert passwords.matches(kept, "man\u0303ana lejana 12")
    assert not passwords.matches(kept, "manana lejana 12")


def test_weak_hash_from_before_counts_as_outdated():
    """Hashes made with weaker parameters would stay weak for ever."""
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("umbrella thermostat")
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hash_password("umbrella thermostat"))


def test_password_with_half_a_character_is_just_wrong():
    """A broken client would get a server error out of it."""
    assert not passwords.matches(None, "\ud800" * 20)
