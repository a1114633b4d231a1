"""docs/access.md says what app/web/policy.py says."""

import pytest

from tests.access.page import PAGE, written


def test_the_page_is_the_policy() -> None:
    """A clinic would believe that a role cannot do what it can."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "run: python -m tests.access.page"


def test_a_page_without_its_tables_is_noticed() -> None:
    """Whoever deletes the marks would end the check with them."""
    with pytest.raises(ValueError, match="has no place for fields"):
        written("# Access\n")
