"""Fusion as laws: bounds, order, and no credit without a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fusion import fuse

KEYS = st.sampled_from("abcdefgh")
DENSE = st.dictionaries(KEYS, st.floats(-1, 1))
BM25 = st.dictionaries(KEYS, st.floats(0.01, 60))
WEIGHT = st.floats(0, 1)


@given(DENSE, BM25, WEIGHT)
def test_every_candidate_once_in_0_to_1_best_first(dense: dict[str, float], words: dict[str, float], w: float) -> None:
    """A candidate lost, or a score beyond its bounds, breaks the thresholds that answers are decided by."""
    scores = fuse(dense, words, w)
    assert scores.keys() == dense.keys() | words.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in scores.values())
    assert list(scores.values()) == sorted(scores.values(), reverse=True)


@given(st.dictionaries(KEYS, st.floats(-1, 1), min_size=2), WEIGHT)
def test_better_on_both_sides_is_never_worse(dense: dict[str, float], w: float) -> None:
    """A sign or a division the wrong way round would turn the order over."""
    words = {key: value + 2 for key, value in dense.items()}
    scores = fuse(dense, words, w)
    for one in dense:
        for other in dense:
            if dense[one] > dense[other]:
                assert scores[one] >= scores[other] - 1e-9


def test_no_word_no_credit() -> None:
    """Min-max would lift the worst BM25 score to 0 and thereby a chunk without any word next to one with."""
    scores = fuse({"near": 0.9, "far": 0.1}, {"said": 5.0, "hardly": 4.9}, 0.2)
    assert scores == pytest.approx({"near": 0.8, "said": 0.2, "hardly": 0.196, "far": 0.0})


def test_one_side_alone_decides_with_its_full_weight() -> None:
    """Without vectors the best passage must not look like a bad one."""
    assert fuse({}, {"a": 4.0, "b": 1.0}, 0.2) == {"a": 1.0, "b": 0.25}
    assert fuse({"a": 0.7, "b": 0.2}, {}, 0.2) == {"a": 1.0, "b": 0.0}
    assert fuse({}, {}, 0.2) == {}
