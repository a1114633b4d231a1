"""What browser and desk tell each other about passkeys (WebAuthn): options to the browser, answers verified, each
challenge good once, for minutes, and for the browser that asked. The only module that knows the library."""

import hashlib
import hmac
import ipaddress
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer
from sqlmodel import Session, col, delete

from app.desk import Desk
from app.errors import Invalid, describe
from app.store.tables import Passkey, SpentChallenge
from app.usecases.website_origin import canonical

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.registration.verify_registration_response import VerifiedRegistration

Purpose = Literal["passkey-add", "passkey-sign-in"]
GOOD_FOR = timedelta(minutes=5)
LONGEST_ANSWER = 16 * 1024
LONGEST_TOKEN = 200
TIMEOUT_MS = 120_000
T = TypeVar("T")
log = logging.getLogger("frontdesk.passkeys")


class NotAccepted(Invalid):
    """The answer proves nothing. Why stays in the log: it would help only who forged it."""

    def __init__(self) -> None:
        super().__init__("The passkey was not accepted.", "Try again, or sign in another way.", code="wrong_passkey")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """`options` is for the browser, as JSON; `token` comes back with its answer and says which challenge it was."""

    options: str
    token: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `binding` is what only this browser has: its session, or a cookie."""

    token: str
    binding: str = field(repr=False)
    credential: str = field(repr=False)


def passkeys_work(desk: Desk) -> bool:
    """Browsers offer passkeys only under a name, with https or on localhost."""
    there = urlsplit(desk.settings.url)
    name = there.hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return there.scheme == "https" or name == "localhost" or name.endswith(".localhost")
    return False


def handle_of(desk: Desk, staff_id: str) -> bytes:
    """How authenticators know the person: nothing that tells anybody who they are."""
    return hmac.new(desk.keys.derive("passkey-handle"), staff_id.encode(), hashlib.sha256).digest()


def for_adding(desk: Desk, staff_id: str, email: str, known: list[str], binding: str) -> Ceremony:
    """To make a passkey that the authenticator keeps and that asks for finger, face or PIN. `known` are the ids of
    those that the person has."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    token = _draw(desk, "passkey-add")
    options = generate_registration_options(
        rp_id=_rp_id(desk),
        rp_name="Frontdesk",
        user_name=email,
        user_id=handle_of(desk, staff_id),
        challenge=_challenge(desk, token, binding),
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
    )
    return Ceremony(options_to_json(options), token)


def for_signing_in(desk: Desk, binding: str) -> Ceremony:
    """To show a passkey of whoever sits there: the desk does not ask who, and names nobody's passkeys."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    token = _draw(desk, "passkey-sign-in")
    options = generate_authentication_options(
        rp_id=_rp_id(desk),
        challenge=_challenge(desk, token, binding),
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(options_to_json(options), token)


def verified_new(desk: Desk, answer: Answer) -> "VerifiedRegistration":
    """The new passkey. Raises NotAccepted."""
    from webauthn import verify_registration_response

    challenge = _expected(desk, answer, "passkey-add")
    return _or_refused(
        lambda: verify_registration_response(
            credential=answer.credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(desk),
            expected_origin=_origin(desk),
            require_user_verification=True,
        )
    )


def verified_shown(desk: Desk, answer: Answer, passkey: Passkey) -> "VerifiedAuthentication":
    """That this passkey was shown, by its person, to us, now. Raises NotAccepted."""
    from webauthn import base64url_to_bytes, verify_authentication_response

    challenge = _expected(desk, answer, "passkey-sign-in")
    handle = credential_of(answer).get("response", {}).get("userHandle")

    def verify() -> "VerifiedAuthentication":
        if not hmac.compare_digest(base64url_to_bytes(handle or ""), handle_of(desk, passkey.staff_id)):
            raise ValueError("the passkey of somebody else")
        return verify_authentication_response(
            credential=answer.credential,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(desk),
            expected_origin=_origin(desk),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )

    return _or_refused(verify)


def credential_of(answer: Answer) -> dict[str, Any]:
    """The answer as the browser gave it. Raises NotAccepted for what is no JSON object."""

    def read() -> dict[str, Any]:
        found = json.loads(answer.credential[:LONGEST_ANSWER])
        if not isinstance(found, dict) or not isinstance(found.get("response", {}), dict):
            raise TypeError("not an object")
        return found

    return _or_refused(read)


def spend(session: Session, answer: Answer, now: datetime) -> bool:
    """The challenge is answered, rightly or not. False when it was before. In the caller's transaction, so that of two
    answers at once one counts."""
    session.exec(delete(SpentChallenge).where(col(SpentChallenge.expires_at) <= now))
    mark = hashlib.sha256(answer.token[:LONGEST_TOKEN].encode("utf-8", "surrogatepass")).hexdigest()
    if session.get(SpentChallenge, mark) is not None:
        return False
    session.add(SpentChallenge(id=mark, expires_at=now + GOOD_FOR))
    return True


def _rp_id(desk: Desk) -> str:
    return urlsplit(desk.settings.url).hostname or ""


def _origin(desk: Desk) -> str:
    return canonical(desk.settings.url) or desk.settings.url


def _signer(desk: Desk, purpose: Purpose) -> Signer:
    return Signer(desk.keys.derive("passkey-challenge"), salt=purpose, sep="~")


def _draw(desk: Desk, purpose: Purpose) -> str:
    until = int((desk.clock() + GOOD_FOR).timestamp())
    return _signer(desk, purpose).sign(f"{secrets.token_urlsafe(32)}.{until}").decode()


def _challenge(desk: Desk, token: str, binding: str) -> bytes:
    """Nothing is stored for it until it is answered: asking costs the desk no write."""
    return hmac.new(desk.keys.derive("passkey-challenge"), f"{token}\0{binding}".encode(), hashlib.sha256).digest()


def _expected(desk: Desk, answer: Answer, purpose: Purpose) -> bytes:
    """The challenge that the answer must be to. Raises NotAccepted when we gave none, or it is too old."""

    def check() -> bytes:
        signed = _signer(desk, purpose).unsign(answer.token[:LONGEST_TOKEN]).decode()
        if datetime.fromtimestamp(int(signed.rpartition(".")[2]), UTC) <= desk.clock() or not answer.binding:
            raise ValueError("too old")
        return _challenge(desk, answer.token, answer.binding)

    try:
        return check()
    except (BadSignature, UnicodeError, ValueError):
        raise Invalid(
            "That took too long, or the page is out of date.", "Please try again.", code="old_challenge"
        ) from None


def _or_refused(work: Callable[[], T]) -> T:
    """Bytes from anywhere: decoders of base64, JSON, CBOR and keys each give up in a way of their own."""
    try:
        return work()
    except Exception as problem:
        log.warning("a passkey was not accepted: %s", describe(problem))
        raise NotAccepted from None
