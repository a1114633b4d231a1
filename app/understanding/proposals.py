"""What a language model may say that a message means: the schema it answers in, and the reading of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.llm.base import OutputSchema

DOINGS = (
    "give",
    "change",
    "add",
    "remove",
    "keep",
    "decline",
    "unknown",
    "ask",
    "start",
    "cancel",
    "start_over",
    "person",
    "why",
    "yes",
    "no",
    "caller",
    "talk",
)
MOST = 24
"""Commands of one message that are looked at."""
LONGEST = 1000
_KEYS = ("words", "do", "on", "value")
_TEXT = {"type": "string"}
SCHEMA = OutputSchema(
    "reading",
    {
        "type": "object",
        "properties": {
            "commands": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "words": _TEXT,
                        "do": {"type": "string", "enum": list(DOINGS)},
                        "on": _TEXT,
                        "value": _TEXT,
                    },
                    "required": list(_KEYS),
                    "additionalProperties": False,
                },
            }
        },
        "required": ["commands"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One command as the model says it; nothing in it has been checked. `words` are the patient's that say so, `on` the
    field, action or kind that it is about, `value` the patient's words for a field's value, or the whole question."""

    words: str
    do: str
    on: str
    value: str


def proposals(answer: Any) -> list[Proposal]:
    """The commands of the answer that have the schema's form, the first MOST of them; all else is left out. Never
    raises, whatever JSON the answer is."""
    listed = answer.get("commands") if isinstance(answer, Mapping) else None
    if not isinstance(listed, list):
        return []
    read = (_proposal(item) for item in listed[:MOST])
    return list(dict.fromkeys(one for one in read if one is not None))


def _proposal(item: Any) -> Proposal | None:
    if not isinstance(item, Mapping):
        return None
    texts = [item.get(key) for key in _KEYS]
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts) or item["do"] not in DOINGS:
        return None
    return Proposal(*(str(text).strip() for text in texts))
