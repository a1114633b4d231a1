"""Rows in memory in place of the database: what a clinic's live chunks are, changeable by a test."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from knowledge.types import Chunk, ChunkKind

TEXTS = {
    "hours": "We are open Monday to Friday from 7 am to 6 pm and closed on weekends.",
    "fee": "A missed visit without 24 hours of notice costs $35.",
    "pool": "The warm pool is for patients with arthritis. Bring a swimsuit.",
    "parking": "Free parking is behind the building, next to the ramp.",
    "payer": "Harborline Health HMO plans need a referral and prior authorization form QX-17.",
}


def chunk(key: str, text: str, heading: str = "") -> Chunk:
    return Chunk(0, ChunkKind.PROSE, text, (heading,) if heading else (), id=key)


class Papers:
    """Implements ChunkSource."""

    def __init__(self, texts: Mapping[str, str] = TEXTS) -> None:
        self.live = {key: chunk(key, text) for key, text in texts.items()}
        self.loads = 0
        self.packed: dict[tuple[str, str], bytes] = {}

    def version(self, clinic_id: str) -> str:
        return str(hash(tuple(sorted(self.live.items()))))

    def texts(self, clinic_id: str) -> Sequence[tuple[str, str]]:
        self.loads += 1
        return [(key, one.searchable()) for key, one in self.live.items()]

    def sentences(self, clinic_id: str, ids: Iterable[str], embedder: str) -> Mapping[str, bytes]:
        return {key: self.packed[key, embedder] for key in ids if (key, embedder) in self.packed}

    def passages(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, tuple[Chunk, str, str, date | None]]:
        return {key: (self.live[key], "doc_1", "faq.md", date(2026, 1, 2)) for key in ids if key in self.live}

    def documents(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, str]:
        return {key: f"doc_{key.split('_')[0]}" for key in ids if key in self.live}
