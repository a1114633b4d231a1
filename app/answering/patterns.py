"""Reads the files of regular expressions: lists of alternatives in which {NAME} stands for a list of words."""

import re
from functools import lru_cache

from app.answering.terms import data

_NAME = re.compile(r"\{([A-Z]+)\}")


@lru_cache(maxsize=8)
def patterns(file: str, section: str) -> dict[str, re.Pattern[str]]:
    """The compiled patterns of `section`, by key, in the file's order. Raises KeyError for a {NAME} without words."""
    raw = data(file)
    listed = {name: f"(?:{'|'.join(lines)})" for name, lines in raw["words"].items()}
    return {
        key: re.compile("|".join(_NAME.sub(lambda match: listed[match[1]], line) for line in lines))
        for key, lines in raw[section].items()
    }
