"""The ways in which a mail server fails, by name, as `mail_server` understands them."""

from typing import Any

Fault = dict[str, Any]
STAGES = ("connect", "ehlo", "mail", "rcpt", "data", "dot")


def _answers(code: str, stages: tuple[str, ...]) -> dict[str, Fault]:
    return {
        f"{code[0]}xx at {stage}": {"stage": stage, "how": "answer", "reply": f"{code} not now"} for stage in stages
    }


def _each(how: str) -> dict[str, Fault]:
    return {f"{how}s at {stage}": {"stage": stage, "how": how} for stage in STAGES}


PASSING: dict[str, Fault] = {
    **_answers("451", STAGES),
    **{f"421 at {stage}": {"stage": stage, "how": "answer", "reply": "421 come back later"} for stage in STAGES},
    "5xx at connect": {"stage": "connect", "how": "answer", "reply": "554 no service"},
    **_each("hang"),
    **_each("drop"),
    "throttles": {"how": "throttle", "per_second": 5},
    "not there": {"how": "closed"},
}
"""Faults of the server as a whole, or for a while: nothing may die of them."""

AMBIGUOUS: dict[str, Fault] = {
    "stores, then drops": {"stage": "dot", "how": "store_drop"},
    "stores, then hangs": {"stage": "dot", "how": "store_hang"},
}
"""The mail has arrived, and the sender cannot know: a second copy is right, a third too early is not."""

FINAL: dict[str, Fault] = _answers("550", ("rcpt", "data", "dot"))
"""The mail will never be taken: a dead letter that somebody must see."""

OPERATOR: dict[str, Fault] = {
    "535 at auth": {"stage": "auth", "how": "answer", "reply": "535 wrong password"},
    "strips STARTTLS": {"how": "strip_tls"},
    "5xx at starttls": {"stage": "starttls", "how": "answer", "reply": "554 no TLS today"},
    "5xx at mail": {"stage": "mail", "how": "answer", "reply": "550 not this sender"},
}
"""The set-up is wrong: notices are held and none dies. They need a mail server with TLS and a password."""

SIGN_IN: dict[str, Fault] = {
    "4xx at auth": {"stage": "auth", "how": "answer", "reply": "454 try again"},
    "421 at auth": {"stage": "auth", "how": "answer", "reply": "421 closing"},
    "421 at starttls": {"stage": "starttls", "how": "answer", "reply": "421 closing"},
    "drops at auth": {"stage": "auth", "how": "drop"},
    "hangs at auth": {"stage": "auth", "how": "hang"},
    "drops at starttls": {"stage": "starttls", "how": "drop"},
}
"""Passing faults of a mail server with TLS and a password."""
