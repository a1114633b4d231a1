"""BM25 over each clinic's live chunks, in memory: finds names, numbers and trade words that vectors blur."""

import logging
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from knowledge.lately_used import LatelyUsed
from knowledge.matrix import ID_BYTES

Texts = Sequence[tuple[str, str]]

MOST_BYTES = 192 * 2**20
"""Word indexes kept in memory: those of more than 1,200 clinics of 300 chunks."""

# Only words without any meaning of their own. "no", "not", "before" or "after" may decide what a rule says.
_STOPWORDS = """
a an and are as at be been by can could did do does for from had has have he her his how i if in into is it its may me
my of on or our she should so such that the their them then there these they this those to us was we were what when
where which who will with would you your
"""
STOPWORDS = frozenset(_STOPWORDS.split())


class Words:
    """BM25 scores per clinic. An index is made at the first question after the clinic's papers changed, and the
    longest unused are forgotten when all take more than `most_bytes`. Safe to share by threads."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._made: LatelyUsed[_Bm25] = LatelyUsed(most_bytes)

    def search(
        self, clinic_id: str, version: str, texts: Callable[[], Texts], question: str, limit: int
    ) -> list[tuple[str, float]]:
        """The `limit` best ids with their BM25 score, best first; only ids in which a word of the question occurs.

        `texts` gives the clinic's (id, text) pairs and is called only when `version` is not the one last seen.
        """
        return self._index(clinic_id, version, texts).search(question, limit)

    def covered(self, clinic_id: str, version: str, texts: Callable[[], Texts], question: str) -> float:
        """How much of the question, in 0..1, the text says that says most of it. A rare word is more of a question than
        a frequent one (inverse document frequency), and one that no text holds is the most. Arguments as in `search`.
        """
        return self._index(clinic_id, version, texts).covered(question)

    def forget(self, clinic_id: str) -> None:
        """Frees the clinic's index."""
        self._made.forget(clinic_id)

    @property
    def held(self) -> int:
        """Clinics whose index is in memory now."""
        return len(self._made)

    @property
    def held_bytes(self) -> int:
        """Memory that the indexes of all clinics take, nearly."""
        return self._made.bytes

    def _index(self, clinic_id: str, version: str, texts: Callable[[], Texts]) -> "_Bm25":
        made = self._made.get(clinic_id)
        if made is None or made.version != version:
            made = _Bm25(version, texts())
            self._made.put(clinic_id, made)
        return made


class _Bm25:
    """One clinic's scores, computed when it is made and kept in a few small arrays, word by word: `_rows` and `_scores`
    from `_starts[n]` to `_starts[n + 1]` are the texts that hold word `n`. Words are known by their hashes alone."""

    def __init__(self, version: str, texts: Texts) -> None:
        self.version = version
        ordered = sorted(texts)  # equal scores in the order of ids
        self._ids = [sys.intern(key) for key, _ in ordered]  # the vectors' matrix holds the same ids
        vocabulary, scores = _scored([stems(text) for _, text in ordered])
        import numpy as np

        hashes = np.array([hash(word) for word in vocabulary], np.int64)
        order = np.argsort(hashes)
        self._hashes, self._columns = hashes[order], order.astype(np.uint32)
        self._starts = scores["indptr"].astype(np.uint32)
        self._rows = scores["indices"].astype(np.uint16 if len(ordered) < 2**16 else np.uint32)
        self._scores = scores["data"].astype(np.float32)

    @property
    def bytes(self) -> int:
        """Memory that it takes, nearly."""
        arrays = (self._hashes, self._columns, self._starts, self._rows, self._scores)
        return sum(one.nbytes for one in arrays) + ID_BYTES * len(self._ids)

    def search(self, question: str, limit: int) -> list[tuple[str, float]]:
        import numpy as np

        scores = np.zeros(len(self._ids), np.float32)
        for word in stems(question):
            part = self._part(word)
            scores[self._rows[part]] += self._scores[part]  # a text stands once under a word
        found = np.flatnonzero(scores > 0)
        best = found[np.argsort(-scores[found], kind="stable")][:limit]
        return [(self._ids[row], float(scores[row])) for row in best]

    def covered(self, question: str) -> float:
        import numpy as np

        said, asked = np.zeros(len(self._ids), np.float32), 0.0
        for word in dict.fromkeys(stems(question)):
            rows = self._rows[self._part(word)]
            rarity = math.log(1 + (len(self._ids) - len(rows) + 0.5) / (len(rows) + 0.5))
            said[rows] += rarity
            asked += rarity
        return min(1.0, float(said.max()) / asked) if len(said) and asked else 0.0

    def _part(self, word: str) -> slice:
        """Where the texts that hold `word` stand."""
        import numpy as np

        at = int(np.searchsorted(self._hashes, hash(word)))
        if at == len(self._hashes) or self._hashes[at] != hash(word):
            return slice(0, 0)
        return slice(*map(int, self._starts[self._columns[at] :][:2]))


def _scored(tokens: list[list[str]]) -> tuple[list[str], dict[str, Any]]:
    """(the words, each word's scores as the columns of a sparse matrix)."""
    import numpy as np

    if not any(tokens):  # bm25s cannot index nothing
        return [], {"indptr": np.zeros(1), "indices": np.zeros(0), "data": np.zeros(0)}
    bm25s = import_module("bm25s")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # its import sets DEBUG
    made = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    words = sorted({word for text in tokens for word in text})
    numbers = {word: number for number, word in enumerate(words)}
    made.index(([[numbers[word] for word in text] for text in tokens], numbers), show_progress=False)
    return words, made.scores


def stems(text: str) -> list[str]:
    """The words of `text` that can be looked up: lower case, without accents, stop words and English endings."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    words = [word for word in re.findall(r"\w+", plain) if word not in STOPWORDS]
    stemmer = import_module("Stemmer").Stemmer("english")  # one per call: a stemmer must not be shared by threads
    return list(stemmer.stemWords(words))
