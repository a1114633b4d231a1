"""Words that tell what a reply is not."""

from functools import cache

from app.dialogue.shipped import read_yaml


@cache
def small_words(key: str) -> frozenset[str]:
    """The folded words under `key` of small_words.yaml."""
    return frozenset(read_yaml("app.dialogue.slots", "small_words.yaml")[key])
