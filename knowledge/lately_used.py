"""What was lately used stays in memory, within a bound of bytes; a lock of its own lets threads share it."""

import threading
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that knows its size."""

    @property
    def bytes(self) -> int:
        """Memory that it takes, nearly."""
        ...


T = TypeVar("T", bound=Sized)


class LatelyUsed(Generic[T]):
    """One item a clinic. The longest unused are forgotten when all together take more than `most_bytes`."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[str, T] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, clinic_id: str) -> T | None:
        """The clinic's item, which counts as used now."""
        with self._lock:
            if clinic_id in self._held:
                self._held.move_to_end(clinic_id)
            return self._held.get(clinic_id)

    def put(self, clinic_id: str, item: T) -> None:
        """In place of the clinic's last. It is kept even when it alone exceeds the bound."""
        with self._lock:
            self._pop(clinic_id)
            self._held[clinic_id] = item
            self._bytes += item.bytes
            while self._bytes > self._most and len(self._held) > 1:
                self._pop(next(iter(self._held)))

    def forget(self, clinic_id: str) -> None:
        """Frees the clinic's item, if there is one."""
        with self._lock:
            self._pop(clinic_id)

    def clear(self) -> None:
        """Frees all."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def bytes(self) -> int:
        """Memory that all of them take, nearly."""
        return self._bytes

    def _pop(self, clinic_id: str) -> None:
        item = self._held.pop(clinic_id, None)
        self._bytes -= item.bytes if item is not None else 0
