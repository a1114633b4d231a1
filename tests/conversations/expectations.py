"""What a turn of a conversation file may expect of the contract's reply object.

`desk:`, `desk_not:` regular expressions found, or not, in the reply and its answers · `nowhere:` texts that stand
nowhere in the reply object · `asked:` regular expressions, one for each question answered or deferred, in order ·
`answers:` how many · `kinds:`, `kinds_not:` kinds of answer of which one is there, or none is · `asking:` `status:`
`action:` `emergency:` `handoff:` `outcome:` the value, `{any: [...]}` or `{not: value}` · `not_asking:` slots that must
not be asked for · `slots:` name -> what must stand in the value: a text, `{not: text}`, `{any: [texts]}`, `{is: text}`
for the whole value, or a list of these; null for no value.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OF_THE_REPLY = ("emergency", "handoff", "outcome")
OF_THE_ACTION = ("asking", "status", "action")
KEYS = {"desk", "desk_not", "nowhere", "asked", "answers", "kinds", "kinds_not", "not_asking", "slots"}
KEYS |= {*OF_THE_REPLY, *OF_THE_ACTION}


@dataclass(frozen=True, slots=True)
class Miss:
    """What was not as expected: the expectation's key (`slot NAME` for a slot, `repeated` for a question) and words."""

    about: str
    text: str


def misses(turn: Mapping[str, Any], done: Mapping[str, Any]) -> Iterator[Miss]:
    """All that the turn expects and the reply object does not hold."""
    action = done.get("action") or {}
    yield from _words(turn, done)
    yield from _answers(turn, done.get("answers") or [])
    got = {key: done.get(key) for key in OF_THE_REPLY}
    got |= {"asking": action.get("asking"), "status": action.get("status"), "action": action.get("name")}
    for key, value in got.items():
        if key in turn and not _is(turn[key], value):
            yield Miss(key, f"{key} is {value!r}, wanted {turn[key]!r}")
    if action.get("asking") in _listed(turn.get("not_asking")):
        yield Miss("repeated", f"asked for {action['asking']}")
    for name, wanted in turn.get("slots", {}).items():
        value = (action.get("slots") or {}).get(name)
        for text in _slot(name, wanted, value):
            yield Miss(f"slot {name}", text)


def _words(turn: Mapping[str, Any], done: Mapping[str, Any]) -> Iterator[Miss]:
    said = "\n".join([done["reply"], *(answer["text"] for answer in done["answers"])])
    for wanted in _listed(turn.get("desk")):
        if not re.search(wanted, said, re.IGNORECASE):
            yield Miss("desk", f"the desk did not say {wanted!r}")
    for unwanted in _listed(turn.get("desk_not")):
        if re.search(unwanted, said, re.IGNORECASE):
            yield Miss("desk_not", f"the desk said {unwanted!r}")
    for secret in _listed(turn.get("nowhere")):
        if secret in json.dumps(done, ensure_ascii=False, default=str):
            yield Miss("nowhere", f"{secret!r} came back")


def _answers(turn: Mapping[str, Any], answers: list[Mapping[str, Any]]) -> Iterator[Miss]:
    questions, kinds = [answer["question"] for answer in answers], [answer["kind"] for answer in answers]
    if "asked" in turn:
        fits = len(questions) == len(turn["asked"]) and all(
            re.search(wanted, question, re.IGNORECASE)
            for wanted, question in zip(turn["asked"], questions, strict=True)
        )
        if not fits:
            yield Miss("asked", f"the questions are {questions}, wanted {turn['asked']}")
    if "answers" in turn and turn["answers"] != len(answers):
        yield Miss("answers", f"{len(answers)} answers {questions}, wanted {turn['answers']}")
    if "kinds" in turn and not set(turn["kinds"]) & set(kinds):
        yield Miss("kinds", f"the answers are {kinds}, wanted one of {turn['kinds']}")
    if unwanted := set(turn.get("kinds_not", ())) & set(kinds):
        yield Miss("kinds_not", f"there is an answer that is {sorted(unwanted)}")


def _is(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, Mapping):
        return got in wanted["any"] if "any" in wanted else got != wanted["not"]
    return bool(wanted == got)


def _slot(name: str, wanted: Any, got: Any) -> Iterator[str]:
    if wanted is None:
        if got is not None:
            yield f"slot {name} is {got!r}, wanted nothing"
        return
    shown = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
    for piece in _listed(wanted):
        if not _stands(piece, shown.casefold()):
            yield f"slot {name} is {shown}, wanted {piece!r} in it"


def _stands(piece: Any, shown: str) -> bool:
    if isinstance(piece, Mapping):
        if "is" in piece:
            return str(piece["is"]).casefold() == shown
        if "not" in piece:
            return str(piece["not"]).casefold() not in shown
        return any(_stands(one, shown) for one in piece["any"])
    return str(piece).casefold() in shown


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
