"""The order in which several workers take the tests."""

from tests import scheduling
from tests.shape.tree import ROOT


def test_what_is_named_is_there() -> None:
    """A file that was renamed would silently go back to the end of the queue."""
    named = (*scheduling.LONGEST_FIRST, *scheduling.TOGETHER)
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_a_folder_with_an_install_of_its_own_is_one_piece_and_other_files_are_pieces() -> None:
    """Two workers would each start a server, a browser and the reading of papers for one folder's tests."""
    one, other = "tests/browser/test_story.py::test_a", "tests/browser/test_field.py::test_b"
    assert scheduling.unit(one) == scheduling.unit(other)
    one, other = "tests/staff/test_reads.py::test_a[x::y]", "tests/staff/test_rules.py::test_b"
    assert (scheduling.unit(one), scheduling.unit(other)) == ("tests/staff/test_reads.py", "tests/staff/test_rules.py")


def test_long_ones_come_first() -> None:
    """Begun last, the longest file keeps one worker busy for minutes after all others have ended."""
    names = ["tests/dialogue/test_decide.py::a", "tests/journeys/test_crash.py::a", "tests/faults/test_sample.py::a"]
    assert sorted(names, key=scheduling.rank) == names[::-1]
