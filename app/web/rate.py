"""How much a visitor may ask for: the limits of RATE_LIMITS, and what each request counts as."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.errors import Misconfigured, TooMany
from app.store.buckets import Buckets, Charge

Kind = Literal["visitor", "conversation", "address", "clinic", "openings", "turns"]
PERIODS_S = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "day": 86_400}
KINDS: tuple[Kind, ...] = ("visitor", "conversation", "address", "clinic", "openings", "turns")
MOST = 1_000_000
RESERVED = 20
"""A visitor has a twentieth of what an address may do for themselves, before anything counts for the address: many
patients behind one address (a clinic's Wi-Fi) do not lock each other out, and one who hurries is slowed alone."""
LONG_WAIT_S = 90


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` requests at once, and as many in `period_s`."""

    most: int
    period_s: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request counts as. `visitor` is the token it came with, `conversation_id` what the token opens. One that
    only `reads` (or deletes) has an allowance of its own: who wrote too much may still read, and leave."""

    address: str
    clinic_id: str | None = None
    visitor: str | None = None
    conversation_id: str | None = None
    opens: bool = False
    turn: bool = False
    reads: bool = False


def parse_limits(text: str) -> Mapping[Kind, Limit]:
    """`visitor=30/min,address=120/min` to {kind: limit}; a kind that is not named keeps its default, `off` is none at
    all. Raises Misconfigured."""
    if text.strip() == "off":
        return {}
    named: dict[Kind, Limit] = {}
    for part in text.split(","):
        kind, limit = _limit(part)
        if kind in named:
            raise Misconfigured(f"FRONTDESK_RATE_LIMITS names {kind!r} twice.", "Name each kind once.")
        named[kind] = limit
    visitor, address = named.get("visitor", Limit(30, 60)), named.get("address", Limit(120, 60))
    defaults: dict[Kind, Limit] = {
        "visitor": visitor,
        "conversation": Limit(2 * visitor.most, visitor.period_s),
        "address": address,
        "clinic": Limit(600, 60),
        "openings": Limit(max(1, address.most // 2), 60 * address.period_s),
        "turns": Limit(200, 86_400),
    }
    return defaults | named


def _limit(part: str) -> tuple[Kind, Limit]:
    match = re.fullmatch(r"\s*([a-z]+)\s*=\s*([0-9]{1,9})\s*/\s*([a-z]+)\s*", part)
    kind = next((kind for kind in KINDS if match and match[1] == kind), None)
    if match is None or kind is None or match[3] not in PERIODS_S or not 1 <= int(match[2]) <= MOST:
        raise Misconfigured(
            f"FRONTDESK_RATE_LIMITS has {part!r}.",
            f"Write kind=number/period: a kind of {', '.join(KINDS)}; a number from 1 to {MOST}; "
            f"a period of {', '.join(PERIODS_S)}.",
        )
    return kind, Limit(int(match[2]), PERIODS_S[match[3]])


class RateLimiter:
    """Counts requests in `buckets`."""

    def __init__(self, limits: Mapping[Kind, Limit], buckets: Buckets) -> None:
        self._limits, self._buckets = limits, buckets

    def check(self, asked: Asked) -> None:
        """Counts one request. Raises TooMany with the seconds to wait; its message is the name of the limit, and
        whoever knows the patient's language puts it into words."""
        charges = self._charges(asked) if self._limits else []
        full = self._buckets.take(charges) if charges else None
        if full is not None:
            raise TooMany(full.charge.key.partition(":")[0], max(1, math.ceil(full.wait_s)))

    def close(self) -> None:
        """Closes the buckets."""
        self._buckets.close()

    def _charges(self, asked: Asked) -> list[Charge]:
        """Who is closest is counted first, so that an abuser is slowed before anyone else feels it."""
        own, what = asked.conversation_id, "read" if asked.reads else "write"
        keys: list[tuple[Kind, str | None]] = [
            ("visitor", own and f"{what}:{asked.visitor}"),
            ("conversation", own and f"{what}:{own}"),
            ("turns", own if asked.turn else None),
            ("openings", asked.address if asked.opens else None),
            ("address", asked.address),
            ("clinic", asked.clinic_id),
        ]
        return [self._charge(kind, key, asked) for kind, key in keys if key is not None]

    def _charge(self, kind: Kind, key: str, asked: Asked) -> Charge:
        limit = self._limits[kind]
        own = limit.most // RESERVED
        reserve = None
        if kind == "address" and asked.conversation_id is not None and own:
            reserve = Charge(f"own:{asked.conversation_id}", own, limit.period_s)
        return Charge(f"{kind}:{key}", limit.most, limit.period_s, reserve)
