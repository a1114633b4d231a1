"""The measurement that takes rules away must take them away, and the same ones each time."""

from app.answering.terms import shipped
from scripts.evals.ablation import NEVER, thinned


def names(raw) -> list[str]:
    return [name for group in raw["alike"] for name in group]


def test_a_share_of_the_names_goes_and_the_seed_says_which() -> None:
    """A measurement that cannot be repeated, or that changes nothing, proves nothing."""
    every = names(shipped("synonyms.yaml"))
    once, again, other = (names(thinned(0.1, seed)("synonyms.yaml")) for seed in (1, 1, 2))
    assert once == again != other
    assert 0.85 < len(once) / len(every) < 0.95


def test_a_rule_without_alternatives_matches_nothing() -> None:
    """An empty expression would match every question."""
    bare = thinned(1.0, 0)
    assert bare("fixed.yaml")["fixed"]["medical"] == [NEVER]
    assert bare("kinds.yaml")["words"] == shipped("kinds.yaml")["words"]
