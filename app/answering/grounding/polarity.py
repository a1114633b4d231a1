"""Whether two pieces say the same as to yes and no, must and may, all and some, before and after."""

from collections import Counter
from collections.abc import Mapping

Marks = Mapping[str, int]
# Said on both sides or on neither.
EQUAL = (
    "might",
    "only",
    "most",
    "many",
    "some",
    "few",
    "at_most",
    "more",
    "less",
    "after",
    "within",
    "together",
    "about",
    "until",
    "again",
)
# What the paper says in such a way, the sentence may say in these.
SAYABLE = {
    "plain": {"plain"},
    "may": {"may"},
    "should": {"should", "order"},
    "order": {"order", "should", "must"},
    "must": {"must", "order", "plain"},
    "not": {"not", "forbid", "not_need"},
    "forbid": {"forbid", "not"},
    "not_need": {"not_need", "not"},
}
DENIED = frozenset({"not", "forbid", "not_need"})


def manner(marks: Marks) -> str:
    """How a piece states: plain, may, should, order, must, or one of these denied."""
    denied = (marks.get("not", 0) + marks.get("without", 0) + marks.get("except", 0)) % 2
    if denied:
        if marks.get("need") or marks.get("without"):
            return "not_need"
        return "forbid" if any(marks.get(mark) for mark in ("may", "must", "should", "order")) else "not"
    if marks.get("must") or marks.get("need"):
        return "must"
    return next((mark for mark in ("should", "order", "may") if marks.get(mark)), "plain")


def clash(said: Marks, stands: Marks, *, spans: bool) -> str:
    """The first mark by which a sentence's piece (`said`) says something else than a paper's (`stands`), or "".
    `spans`: both hold one and the same span of time, with which "at least" and "before" go without saying."""
    one, other = manner(said), manner(stands)
    if one not in SAYABLE[other] and not (one == "may" and other == "plain"):
        return f"{one} for {other}"
    for mark in EQUAL:
        if bool(said.get(mark)) is not bool(stands.get(mark)):
            return mark
    if said.get("all") and not stands.get("all"):
        return "all"
    if said.get("per") and not (stands.get("per") or stands.get("all")):
        return "per"
    if stands.get("all") and other in DENIED and not said.get("all"):  # "not all" is not "none"
        return "all"
    for mark in ("at_least", "before"):
        if bool(said.get(mark)) is not bool(stands.get(mark)) and not (
            spans and said.get("before") and stands.get("before")
        ):
            return mark
    return ""


def added(*each: Marks) -> Counter[str]:
    """The marks of several pieces together."""
    total: Counter[str] = Counter()
    for marks in each:
        total.update(marks)
    return total
