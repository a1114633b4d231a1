"""The desk's sentences, one file per language with the same keys and placeholders."""

from dataclasses import dataclass
from string import Formatter
from typing import Any

from app.dialogue.shipped import read_yaml

LANGUAGES = ("en", "es")
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. Unknown keys raise KeyError: a sentence that is missing is a defect, not a blank."""

    language: str
    sentences: dict[str, Any]

    def say(self, key: str, **values: str) -> str:
        """The sentence under a dotted key with its placeholders filled."""
        return Formatter().vformat(str(self.at(key)), (), values)

    def at(self, key: str) -> Any:
        """What stands under a dotted key: a sentence, a list, or a mapping."""
        found: Any = self.sentences
        for part in key.split("."):
            found = found[part]
        return found


def wording(language: str) -> Wording:
    """The sentences of `language`, or English when the desk does not speak it."""
    code = language if language in LANGUAGES else DEFAULT
    return Wording(code, read_yaml("app.dialogue.wording", f"{code}.yaml"))
