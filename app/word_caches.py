"""Caches in memory that may hold words of patients: bounded in number, and emptied every few minutes and whenever a
patient's data is expunged. A cache whose keys come from what patients write is made here, and nowhere else."""

from collections.abc import Callable, Hashable
from functools import _lru_cache_wrapper, lru_cache
from typing import TypeVar

T = TypeVar("T")
EVERY_S = 600.0
"""How long a word stays at the most. Filling them again costs a few milliseconds, once."""
_CACHES: "list[_lru_cache_wrapper[object]]" = []


def remembers_words(most: int) -> Callable[[Callable[..., T]], "_lru_cache_wrapper[T]"]:
    """As `lru_cache(maxsize=most)`, emptied by `forget_words`."""

    def wrap(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
        cached = lru_cache(maxsize=most)(function)
        _CACHES.append(cached)
        return cached

    return wrap


def forget_words() -> int:
    """Empties all of them. Returns how many entries there were."""
    kept = sum(cache.cache_info().currsize for cache in _CACHES)
    for cache in _CACHES:
        cache.cache_clear()
    return kept


def remembered() -> set[Hashable]:
    """Names of the functions whose results are kept, for the tests."""
    return {f"{cache.__module__}.{cache.__name__}" for cache in _CACHES}
