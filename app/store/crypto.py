"""Keys, one purpose each, and the one way in which bytes are sealed: AES-256-GCM, bound to what they are."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class NotOurs(Exception):
    """Sealed bytes that this key and this binding do not open: another key, another place, or damage."""


class Keys:
    """Derives 32-byte keys from a secret by HKDF-SHA256."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._derived: dict[str, bytes] = {}

    def derive(self, purpose: str) -> bytes:
        """The key for `purpose`, the same each time."""
        key = self._derived.get(purpose)  # each request asks for some; purposes are few, and none comes from outside
        if key is None:
            info = f"frontdesk/{purpose}".encode()
            key = self._derived[purpose] = HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(self._secret)
        return key


def seal(key: bytes, data: bytes, bound_to: bytes) -> bytes:
    """Nonce and ciphertext. They open only with the same `key` (32 bytes) and `bound_to`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """What was sealed; not a byte of it unless all of it is genuine. Raises NotOurs."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except (InvalidTag, ValueError):
        raise NotOurs from None
