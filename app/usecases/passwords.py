"""Passwords: how they are made and kept (Argon2id), and that hashing them cannot exhaust the machine."""

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are mistaken for others: people copy these from a terminal or from paper."""
LONGEST_TRIED = 1000
"""Longer ones are cut before hashing; what may be chosen is shorter: see `password_rules`."""

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, hash_len=32, salt_len=16, type=Type.ID)
"""The second set that RFC 9106 recommends. Written out, so that a library's new release does not change it unseen."""
_turn = threading.BoundedSemaphore(2)
"""One hash takes 64 MiB for some 30 ms; a flood of sign-ins waits here instead of filling the memory."""


def random_text(groups: int) -> str:
    """Groups of four characters, each group about 20 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def generate() -> str:
    """A new password, 99 random bits in five groups of four characters."""
    return random_text(5)


def hash_password(password: str) -> str:
    """The Argon2id hash, with its parameters and salt in it."""
    with _turn:
        return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. None (nobody has that e-mail) takes as long as a wrong password and is False."""
    decoy = _decoy()
    with _turn:
        try:
            return _hasher.verify(password_hash or decoy, _normal(password)) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> bytes:
    """One form for what looks the same: keyboards differ in how they send an accented letter."""
    return unicodedata.normalize("NFKC", password[:LONGEST_TRIED]).encode("utf-8", "surrogatepass")


@cache
def _decoy() -> str:
    return hash_password(generate())
