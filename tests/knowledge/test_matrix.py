"""Exact search in memory, and the bound on what stays there."""

import numpy as np
import pytest

from knowledge.lately_used import LatelyUsed
from knowledge.matrix import STEP, Matrix


def some(number: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(number, 384)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_nearest_are_those_of_a_full_sort() -> None:
    """More rows than one step holds: a part that is left out would hide its papers."""
    rows, asked = some(2 * STEP + 7), some(1, seed=1)[0]
    found = Matrix([f"c{n}" for n in range(len(rows))], rows).nearest(asked, 20)
    assert [key for key, _ in found] == [f"c{n}" for n in np.argsort(-(rows @ asked))[:20]]
    assert [score for _, score in found] == pytest.approx(np.sort(rows @ asked)[::-1][:20], abs=1e-3)


def test_limit_may_exceed_what_is_there() -> None:
    """A new clinic has fewer chunks than are asked for."""
    assert len(Matrix(["a", "b"], some(2)).nearest(some(1)[0], 100)) == 2
    assert Matrix([], some(0)).nearest(some(1)[0], 100) == []


def test_changes_leave_the_old_one_alone() -> None:
    """A thread may be searching it; an id that comes again replaces its row."""
    rows = some(3)
    old = Matrix(["a", "b"], rows[:2])
    new = old.with_rows(["c", "a", "c"], rows[[0, 2, 1]]).without(["b", "never there"])
    assert (old.ids, sorted(new.ids)) == (["a", "b"], ["a", "c"])
    assert new.nearest(rows[2], 1)[0][0] == "a"
    assert new.nearest(rows[1], 1)[0][0] == "c"
    assert old.nearest(rows[0], 1)[0][0] == "a"
    assert new.bytes == old.bytes > 2 * 384 * 2


def test_longest_unused_is_forgotten_first() -> None:
    """The clinic that is asked all day must not be read again because a hundred others were asked once."""
    one = Matrix(["a"], some(1))
    held: LatelyUsed[Matrix] = LatelyUsed(2 * one.bytes)
    for clinic in ("busy", "quiet"):
        held.put(clinic, one)
    assert held.get("busy") is one
    held.put("new", one)
    assert (held.get("quiet"), len(held), held.bytes) == (None, 2, 2 * one.bytes)
    large = Matrix([f"c{n}" for n in range(9)], some(9))
    held.put("large", large)
    assert (held.get("large"), held.bytes) == (large, large.bytes)
    held.forget("large")
    held.forget("large")
    assert held.bytes == 0
