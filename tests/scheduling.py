"""Who runs which tests when there are several workers: what takes long begins first, and what shares an expensive
beginning stays with one worker.

xdist's own order is by the number of tests, which puts the files with few and long tests last: one worker would then
be busy for minutes after the other has gone home."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/content/", "tests/fuzz/")
"""Folders with fixtures of the whole folder: a server, a browser, papers."""
LONGEST_FIRST = (
    "tests/faults/test_sample.py",
    "tests/browser/",
    "tests/access/test_matrix.py",
    "tests/fuzz/",
    "tests/knowledge/test_embedders.py",
    "tests/journeys/test_commands.py",
    "tests/journeys/test_backup.py",
    "tests/staff/test_dashboard_in_browser.py",
    "tests/content/",
    "tests/journeys/",
    "tests/store/test_rotation.py",
    "tests/visitors/",
    "tests/staff/",
)
"""Minutes first, then half minutes, as `--durations=100` tells; what is not named follows as it comes."""


class LongestFirst(LoadScopeScheduling):
    """Hands out folders and files in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """What a worker takes as one piece."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def rank(nodeid: str) -> int:
    """The smaller, the earlier."""
    return next((at for at, what in enumerate(LONGEST_FIRST) if nodeid.startswith(what)), len(LONGEST_FIRST))
