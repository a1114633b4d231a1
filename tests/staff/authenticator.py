"""An authenticator in software: keys of its own, and answers that a test can bend in any way that a forger could."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Authenticator:
    """One passkey. `origin` and `rp_id` are of the site that it stands on."""

    origin: str
    rp_id: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = b"credential-of-a-test-01"
    handle: str = ""
    count: int = 0

    def make(self, options: dict[str, Any], **changes: Any) -> str:
        """What `navigator.credentials.create` gives, as the page's script sends it."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        data = self._data(changes, ATTESTED) + attested
        client = self._client("webauthn.create", options, changes)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"attestationObject": text(made), "clientDataJSON": text(client)})

    def show(self, options: dict[str, Any], **changes: Any) -> str:
        """What `navigator.credentials.get` gives."""
        self.count += 1
        data, client = self._data(changes), self._client("webauthn.get", options, changes)
        key = changes.get("key", self.key)
        signature = key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {"authenticatorData": text(data), "clientDataJSON": text(client), "signature": text(signature)}
        return self._answer(answer | {"userHandle": changes.get("handle", self.handle)})

    def _data(self, changes: dict[str, Any], more: int = 0) -> bytes:
        rp = hashlib.sha256(changes.get("rp_id", self.rp_id).encode()).digest()
        flags = changes.get("flags", PRESENT | VERIFIED) | more
        count: int = changes.get("count", self.count)
        return rp + bytes([flags]) + count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], changes: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | {k: v for k, v in changes.items() if k in ("type", "challenge", "origin")}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        named = text(self.credential)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
