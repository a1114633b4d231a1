"""Stand-in: the real one hides what identifies a patient."""

from collections.abc import Iterable, Iterator
from typing import Literal

Kind = Literal["NAME", "PHONE", "EMAIL", "MEMBER_ID", "BIRTH_DATE", "ADDRESS", "NUMBER"]


class Vault:
    """Hides nothing yet."""

    def __init__(self, known: Iterable[tuple[Kind, str]] = ()) -> None:
        self._known = list(known)

    def hide(self, text: str) -> str:
        """As it is."""
        return text

    def show(self, text: str) -> str:
        """As it is."""
        return text

    def show_stream(self, pieces: Iterable[str]) -> Iterator[str]:
        """As they come."""
        yield from pieces
