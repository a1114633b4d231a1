"""Who runs which tests when there are several workers: what takes long begins first, and what shares an expensive
beginning stays with one worker.

xdist's own order is by the number of tests, which puts the files with few and long tests last: one worker would then
be busy for minutes after the other has gone home."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/content/", "tests/fuzz/")
"""Folders with fixtures of the whole folder: a server, a browser, papers."""
APART = ("tests/faults/test_sample.py",)
"""Files whose tests share nothing and take long."""
LONGEST_FIRST = (
    "tests/faults/test_sample.py",
    "tests/browser/",
)
"""By the time that they take on a quiet machine (`--durations=100`); what is not named follows as it comes."""


class LongestFirst(LoadScopeScheduling):
    """Hands out folders, files or single tests, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """What a worker takes as one piece."""
    file = nodeid.partition("::")[0]
    if file in APART:
        return nodeid
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def rank(nodeid: str) -> int:
    """The smaller, the earlier."""
    return next((at for at, what in enumerate(LONGEST_FIRST) if nodeid.startswith(what)), len(LONGEST_FIRST))
