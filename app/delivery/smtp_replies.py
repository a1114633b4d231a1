"""What each way in which a mail server can fail means: try later, this mail never, or somebody must mend the set-up.

RFC 5321: 4xx may pass, 5xx does not. Who is refused decides the rest: a recipient is one mail's, TLS, sign-in and the
sender's address are the install's, and a server that takes nobody says nothing about the mail."""

import re
import ssl
from typing import Literal

import aiosmtplib

from app.errors import JobError, Operator, Permanent, Scope, Transient

Stage = Literal["connect", "greeting", "tls", "sign in", "sender", "recipient", "data", "end of data"]
OF_ONE_MAIL = ("recipient", "data", "end of data")
WANT_SIGN_IN = (530, 534, 535, 538)
"""Replies that ask for other credentials or TLS, at whatever stage: mending the set-up helps, so nothing may die."""
CLOSING = 421
TOO_MUCH = 552
FULL_MAILBOX = "5.2.2"
REMEDIES = {
    "tls": "Check SMTP_URL: TLS and the server's certificate.",
    "sign in": "Check SMTP_URL: user and password.",
    "sender": "Check MAIL_FROM: the mail server does not take mail from this address.",
    "recipient": "The mail server does not send to other domains without a sign-in: check SMTP_URL.",
}


def judge(problem: Exception, stage: Stage) -> JobError:
    """What a failure at `stage` means. Only a lost reply to the end of the data is ambiguous: the server may have the
    mail. The server's own words are left out, as they may repeat what it was sent."""
    if isinstance(problem, aiosmtplib.SMTPConnectError) and isinstance(problem.__cause__, ssl.SSLError):
        problem = problem.__cause__
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        return _refused(problem.code, str(problem.message), stage)
    said = f"{stage}: {type(problem).__name__}"
    cut_off = isinstance(problem, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    if isinstance(problem, ssl.SSLError) and not cut_off:
        return Operator(said, REMEDIES["tls"], scope="route")
    if isinstance(problem, ValueError):  # an address that SMTP cannot write
        return Permanent(said)
    if isinstance(problem, OSError | aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPTimeoutError):
        ambiguous = stage == "end of data"
        return Transient(said, ambiguous=ambiguous, scope="message" if ambiguous else "route")
    return Operator(f"{stage}: the mail server does not offer it", REMEDIES.get(stage, REMEDIES["tls"]), scope="route")


def _refused(code: int, message: str, stage: Stage) -> JobError:
    status = re.match(r"[245]\.\d{1,3}\.\d{1,3}\b", message)
    said = f"{stage}: the mail server said {code}{f' {status.group()}' if status else ''}"
    scope: Scope = "message" if stage in OF_ONE_MAIL and code != CLOSING else "route"
    if not 400 <= code < 600:  # no SMTP: whatever it is may have taken the mail
        return Transient(said, ambiguous=stage == "end of data", scope="route")
    if code < 500 or stage in ("connect", "greeting"):
        return Transient(said, scope=scope)
    full = code == TOO_MUCH and stage == "recipient"  # RFC 5321, 4.5.3.1.10: it is a 452
    if full or (stage in OF_ONE_MAIL and status and status.group() == FULL_MAILBOX):
        return Transient(said, scope="message")
    place = _to_mend(code, message, stage)
    return Operator(said, REMEDIES[place], scope="route") if place else Permanent(said)


def _to_mend(code: int, message: str, stage: Stage) -> str | None:
    """What of the set-up a refusal is about, if it is about that."""
    if stage == "tls":
        return "tls"
    if stage == "sign in" or code in WANT_SIGN_IN:
        return "sign in"
    if stage == "sender" and code != TOO_MUCH:  # else the mail is too large for it
        return "sender"
    return "recipient" if stage == "recipient" and re.search(r"\brelay", message, re.IGNORECASE) else None
