"""The clinics as they were last read, for the moment in which nothing can be read: whoever is turned away then must at
least learn the clinic's phone."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TypeVar

from app.errors import Unavailable
from app.store.queries.clinics import ClinicFacts

T = TypeVar("T")
MOST_CONVERSATIONS = 20_000
CALL = "Please call {name} at {phone}."


class LastKnown:
    """Safe to share by threads."""

    def __init__(self, clinics: Iterable[ClinicFacts] = ()) -> None:
        self._clinics = {clinic.site_key: clinic for clinic in clinics}
        self._conversations: OrderedDict[str, str] = OrderedDict()
        self._turn = threading.Lock()

    def remember(self, clinic: ClinicFacts, conversation_id: str | None = None) -> None:
        """Notes what was just read."""
        with self._turn:
            self._clinics[clinic.site_key] = clinic
            if conversation_id is not None:
                self._conversations[conversation_id] = clinic.site_key
                self._conversations.move_to_end(conversation_id)
                if len(self._conversations) > MOST_CONVERSATIONS:
                    self._conversations.popitem(last=False)

    def clinic(self, site_key: str | None, conversation_id: str | None = None) -> ClinicFacts | None:
        """The clinic that is meant. An install with one clinic always knows it."""
        with self._turn:
            key = site_key or self._conversations.get(conversation_id or "")
            only = next(iter(self._clinics.values())) if len(self._clinics) == 1 else None
            return self._clinics.get(key or "", only if site_key is None else None)

    def or_phone(self, work: Callable[[], T], site_key: str | None, conversation_id: str | None = None) -> T:
        """What `work` returns. Raises Unavailable with the clinic's phone when storage fails."""
        try:
            return work()
        except Unavailable as problem:
            clinic = self.clinic(site_key, conversation_id)
            if clinic is None:
                raise
            raise with_phone(problem, clinic) from problem


def with_phone(problem: Unavailable, clinic: ClinicFacts) -> Unavailable:
    """The same refusal, with whom to call."""
    return Unavailable(problem.message, CALL.format(name=clinic.name, phone=clinic.phone))
