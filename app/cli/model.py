"""frontdesk model status, try, exam, egress."""

import sys
from functools import partial
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show

STATES = {
    "none": "this install has no language model: rules understand, papers are quoted, nothing leaves",
    "off": "off for this clinic: nothing of it is sent",
    "used_up": "on, but today's tokens are used up; it helps again from midnight of the clinic",
    "resting": "on, but the model's server is left alone for a while",
    "well": "on",
}


@click.group()
def model() -> None:
    """The language model that may help a clinic's desk: how it stands, and what was sent to it."""


@model.command("status")
@CLINIC
@JSON
def model_status(clinic: str, as_json: bool) -> None:
    """Say whether it helps this clinic, where words go, what was used today, and how it did in its exam."""
    show(call("model_status", {"clinic": clinic}), as_json, status_lines)


def status_lines(facts: dict[str, Any]) -> list[str]:
    """For people."""
    lines = [f"state: {STATES[facts['state']]}"]
    if facts["state"] == "resting":
        lines += [f"  {facts['resting']['why']}"]
    elif facts["on"] and facts["trouble"]:
        lines += [f"  The last time it was asked, it did not help: {facts['trouble']['why']}"]
    if not facts["host"]:
        return [*lines, "  It is switched on for the clinic and does nothing."] if facts["on"] else lines
    where = "on this machine; nothing leaves it" if facts["local"] else "outside, unless you marked it as local"
    lines += [f"server: {facts['host']} ({where})", f"model: {facts['model']}"]
    lines += [f"agreement (BAA): {facts['baa'] or 'none named'}"]
    if facts["unagreed"]:
        lines += ["  WARNING: nobody named an agreement that covers patients' data there (FRONTDESK_LLM_BAA)"]
    hidden = "hidden before anything is sent" if facts["redacted"] else "sent as they are"
    lines += [f"names, phones, e-mails, member IDs, birth dates, addresses: {hidden}"]
    lines += [f"today ({facts['day']}): {_use(facts['today'])} of {facts['tokens_per_day']} tokens"]
    return [*lines, f"last 30 days: {_use(facts['last_days'])} tokens", f"exam: {_exam(facts)}"]


def _use(use: dict[str, Any]) -> str:
    cost = "" if use["usd"] is None else f", about ${use['usd']:.2f}"
    tokens = use["prompt_tokens"] + use["completion_tokens"]
    return f"{use['calls']} {'call' if use['calls'] == 1 else 'calls'} ({use['failed']} failed){cost}, {tokens}"


def _exam(facts: dict[str, Any]) -> str:
    exam, waits = facts["exam"], "; it is being taken" if facts["exam_waits"] else ""
    if exam is None:
        return f"not taken yet{waits}"
    verdict = "it also helps to understand patients" if exam["passed"] else "the desk's own rules understand patients"
    told = f"{exam['right']} of {exam['asked']} practice messages understood with it, {facts['exam_by_rules']} without"
    return f"{told}; {verdict}{waits}"


@model.command("try")
@CLINIC
@JSON
def model_try(clinic: str, as_json: bool) -> None:
    """Make one small call with made-up words, also while the clinic has the model off, and say what came back. Exit
    status 1 when it failed."""
    facts = call("model_try", {"clinic": clinic})
    show(facts, as_json, partial(_tried_lines, clinic))
    if not facts["ok"]:
        sys.exit(1)


def _tried_lines(clinic: str, tried: dict[str, Any]) -> list[str]:
    said = [f"it said: {tried['said']}"] if tried["said"] else []
    record = f"frontdesk model egress --clinic {clinic} --id {tried['egress_id']}"
    kept = [f"what was sent: {record}"] if tried["egress_id"] else []
    if tried["ok"]:
        return [f"The model answered after {tried['seconds']} s.", *said, *kept]
    return [f"FAIL {tried['what']} -> {tried['remedy']}", *said, *kept]


@model.command("exam")
@CLINIC
@JSON
def model_exam(clinic: str, as_json: bool) -> None:
    """Let the model answer the practice messages again; the running server does it soon, at the clinic's expense."""
    show(call("model_exam", {"clinic": clinic}), as_json, status_lines)


@model.command("egress")
@CLINIC
@click.option("--before", metavar="ID", help="Go on behind this one: the list has 50 at a time.")
@click.option("--id", "egress_id", metavar="ID", help="Only this one, with all that was sent.")
@JSON
def model_egress(clinic: str, before: str | None, egress_id: str | None, as_json: bool) -> None:
    """Print what was sent to the model, newest first; with --id the very words. Looking is noted in the audit."""
    facts = call("model_egress", {"clinic": clinic, "before": before, "id": egress_id})
    show(facts, as_json, _sent_lines if egress_id else _egress_lines)


def _egress_lines(facts: dict[str, Any]) -> list[str]:
    lines = [_egress_line(one) for one in facts["egress"]]
    if facts["older"]:
        lines.append(f"older ones: --before {facts['older']}")
    return lines or ["Nothing was sent."]


def _egress_line(one: dict[str, Any]) -> str:
    tokens = f"{one['prompt_tokens']} + {one['completion_tokens']} tokens{' (estimated)' * one['tokens_estimated']}"
    took = f"{one['seconds']} s" if one["seconds"] is not None else "no end noted"
    parts = [one["sent_at"][:19] + "Z", one["id"], one["purpose"], one["result"] or "?", tokens, took, one["host"]]
    return "  ".join([*parts, "" if one["redacted"] else "NOT REDACTED"]).rstrip()


def _sent_lines(one: dict[str, Any]) -> list[str]:
    lines = [_egress_line(one)]
    for message in one["messages"]:
        lines += ["", f"[{message['role']}]", message["text"]]
    return [*lines, "", "to the byte:", one["body"]]
