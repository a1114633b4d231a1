"""Passwords: how they are made, judged and kept (Argon2id), and that hashing them cannot exhaust the machine."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Invalid

SHORTEST, LONGEST = 12, 256
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are mistaken for others: people copy these passwords from a terminal."""

_hasher = PasswordHasher()
_turn = threading.BoundedSemaphore(2)
"""One hash takes 64 MiB for some 30 ms; a flood of sign-ins waits here instead of filling the memory."""


def generate() -> str:
    """A new password, 99 random bits in five groups of four characters."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))


def check_strength(password: str, email: str) -> None:
    """Raises Invalid when a chosen password is too short, too long or nothing but a repetition or the e-mail."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            f"The password has {len(password)} characters; it needs {SHORTEST} to {LONGEST}.",
            "Use a few unrelated words.",
        )
    if len(set(password)) < 4 or email.casefold() in password.casefold():
        raise Invalid("The password is too easy to guess.", "Use a few unrelated words.")


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt in it."""
    with _turn:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. None (nobody has that e-mail) takes as long as a wrong password and is False."""
    decoy = _decoy()
    with _turn:
        try:
            return _hasher.verify(password_hash or decoy, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _decoy() -> str:
    return hash_password(generate())
