"""Reads values out of what somebody wrote, and collects what is wrong with them instead of stopping at the first."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from app.actions.problems import Problem, shown, use_one_of
from app.dialogue.wording import LANGUAGES

NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_WORDS = 500


class Checks:
    """The problems found so far. Each reader returns a usable value even where there is a problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: str, what: str, remedy: str) -> None:
        """Notes a problem."""
        self.problems.append(Problem(path, what, remedy))

    def mapping(self, value: Any, path: str, known: Collection[str], needed: Collection[str] = ()) -> dict[str, Any]:
        """A mapping with known keys, all needed ones among them."""
        if not isinstance(value, dict):
            self.add(path, f"is {shown(value)}", f"write the keys {', '.join(known)}")
            return {}
        for key in value:
            if key not in known:
                self.add(f"{path}.{key}", "is an unknown key", use_one_of(key, known))
        for key in needed:
            if key not in value:
                self.add(f"{path}.{key}", "is missing", "write it")
        return value

    def name(self, value: Any, path: str) -> str:
        """A name in the form of an identifier."""
        if isinstance(value, str) and NAME.fullmatch(value):
            return value
        self.add(path, f"is {shown(value)}", "write 2 to 40 small letters, digits and _, a letter first")
        return str(value)

    def flag(self, data: Mapping[str, Any], key: str, path: str) -> bool:
        """True or false; true where nothing is written."""
        value = data.get(key, True)
        if not isinstance(value, bool):
            self.add(f"{path}.{key}", f"is {shown(value)}", "write true or false")
        return bool(value)

    def listed(self, value: Any, path: str, least: int, most: int, of: str) -> list[Any]:
        """A list within bounds."""
        if isinstance(value, list) and least <= len(value) <= most:
            return value
        size = f"has {len(value)} entries" if isinstance(value, list) else f"is {shown(value)}"
        self.add(path, size, f"write a list of {least} to {most} {of}")
        return value if isinstance(value, list) else []

    def text(self, value: Any, path: str, longest: int = LONGEST_WORDS) -> str:
        """Words that people read."""
        if not isinstance(value, str):
            self.add(path, f"is {shown(value)}", "write words; put quotation marks around yes, no and numbers")
        elif not value.strip():
            self.add(path, "is empty", "write words")
        elif len(value) > longest:
            self.add(path, f"has {len(value)} characters", f"write at most {longest}")
        elif not value.replace("\n", "").isprintable():
            self.add(path, f"is {shown(value)}", "take out the characters that cannot be seen")
        return str(value)

    def codes(self, value: Any, path: str, *, needed: str | None = "en") -> dict[str, Any]:
        """A mapping from language codes; English is what the others fall back to."""
        if not isinstance(value, dict) or not value:
            self.add(path, f"is {shown(value)}", "write the words under their language: {en: ..., es: ...}")
            return {}
        for code in value:
            if code not in LANGUAGES:
                self.add(f"{path}.{code}", "is no language of the desk", use_one_of(code, LANGUAGES))
        if needed and needed not in value:
            self.add(f"{path}.{needed}", "is missing", "write the English words: other languages fall back to them")
        return {str(code): given for code, given in value.items()}

    def words(self, value: Any, path: str) -> dict[str, str]:
        """Wording per language."""
        return {code: self.text(given, f"{path}.{code}") for code, given in self.codes(value, path).items()}
