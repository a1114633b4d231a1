"""The desk reads fields in other words than those it was tried with."""

from scripts.evals.slots import paraphrases

GOAL = 0.95


def test_paraphrases_are_read() -> None:
    """Without it a mended parser could unlearn what it read before."""
    counts = paraphrases()
    cases, right = (sum(getattr(one, name) for one in counts.values()) for name in ("cases", "right"))
    assert cases >= 150
    assert right / cases >= GOAL, counts.told()
