"""BM25 over each clinic's live chunks, in memory: finds names, numbers and trade words that vectors blur."""

import logging
import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

Texts = Sequence[tuple[str, str]]

# Only words without any meaning of their own. "no", "not", "before" or "after" may decide what a rule says.
_STOPWORDS = """
a an and are as at be been by can could did do does for from had has have he her his how i if in into is it its may me
my of on or our she should so such that the their them then there these they this those to us was we were what when
where which who will with would you your
"""
STOPWORDS = frozenset(_STOPWORDS.split())


class Words:
    """BM25 scores per clinic. An index is made at the first question after the clinic's papers changed, and the
    longest unused is forgotten when there are more than `max_clinics`. Safe to share by threads."""

    def __init__(self, *, max_clinics: int = 32) -> None:
        self._max_clinics = max_clinics
        self._made: OrderedDict[str, tuple[str, _Bm25]] = OrderedDict()
        self._lock = threading.Lock()

    def search(
        self, clinic_id: str, version: str, texts: Callable[[], Texts], question: str, limit: int
    ) -> list[tuple[str, float]]:
        """The `limit` best ids with their BM25 score, best first; only ids in which a word of the question occurs.

        `texts` gives the clinic's (id, text) pairs and is called only when `version` is not the one last seen.
        """
        return self._index(clinic_id, version, texts).search(question, limit)

    def forget(self, clinic_id: str) -> None:
        """Frees the clinic's index."""
        with self._lock:
            self._made.pop(clinic_id, None)

    @property
    def held(self) -> int:
        """Clinics whose index is in memory now."""
        return len(self._made)

    def _index(self, clinic_id: str, version: str, texts: Callable[[], Texts]) -> "_Bm25":
        with self._lock:
            made = self._made.get(clinic_id)
            if made is not None and made[0] == version:
                self._made.move_to_end(clinic_id)
                return made[1]
        fresh = _Bm25(texts())  # outside the lock: the clinics whose index is ready need not wait for this one
        with self._lock:
            self._made[clinic_id] = (version, fresh)
            self._made.move_to_end(clinic_id)
            while len(self._made) > self._max_clinics:
                self._made.popitem(last=False)
        return fresh


class _Bm25:
    """One clinic's scores, computed when it is made."""

    def __init__(self, texts: Texts) -> None:
        tokens = [stems(text) for _, text in texts]
        self._ids = [key for key, _ in texts]
        self._scores: Any = None
        if any(tokens):  # bm25s cannot index nothing
            bm25s = import_module("bm25s")
            logging.getLogger("bm25s").setLevel(logging.WARNING)  # its import sets DEBUG
            self._scores = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
            self._scores.index(tokens, show_progress=False)

    def search(self, question: str, limit: int) -> list[tuple[str, float]]:
        known = [one for one in stems(question) if self._scores is not None and one in self._scores.vocab_dict]
        if not known:
            return []
        scores = self._scores.get_scores(known)
        best = sorted((-float(score), key) for score, key in zip(scores, self._ids, strict=True) if score > 0)
        return [(key, -score) for score, key in best[:limit]]


def stems(text: str) -> list[str]:
    """The words of `text` that can be looked up: lower case, without accents, stop words and English endings."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    words = [word for word in re.findall(r"\w+", plain) if word not in STOPWORDS]
    stemmer = import_module("Stemmer").Stemmer("english")  # one per call: a stemmer must not be shared by threads
    return list(stemmer.stemWords(words))
