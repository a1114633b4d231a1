"""What the answer to a posted notice means: taken, try later, refused, or somebody must mend the set-up."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.clock import Clock
from app.delivery.outbound_http import Outbound, Reply
from app.errors import JobError, Operator, Permanent, Transient

SET_UP = {401, 403, 404, 405, 407, 410}
"""The address or the secret is wrong for every notice alike. Were they permanent, each would die by itself; held, they
go out when the address is mended."""
LATER = {408, 425, 429}
LONGEST_WAIT_S = 3600.0
"""Of what the other side asks for: a date in the year 9999 must not keep a referral back for ever."""


def post(outbound: Outbound, clock: Clock, url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Hands it over. Raises Transient, Permanent or Operator; none of them names more of the address than its host."""
    reply = outbound.post(url, body, {"Content-Type": "application/json"} | dict(headers))
    refused = judge(reply, str(urlsplit(url).hostname), clock())
    if refused is not None:
        raise refused


def judge(reply: Reply, host: str, now: datetime) -> JobError | None:
    """None when it was taken."""
    status = reply.status
    if 200 <= status < 300:
        return None
    said = f"{host} answered {status}"
    if 300 <= status < 400:
        return Operator(f"{said}: it moved, and redirects are not followed", "Give its new address.", scope="route")
    if status in SET_UP:
        return Operator(said, "Check the address of this destination, and its secret.", scope="route")
    if status in LATER or status >= 500:
        return Transient(said, retry_after_s=_retry_after(reply.headers, now), scope="route")
    return Permanent(said, "The receiving side refuses this notice. Ask whoever runs it why.")


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds: given as such, or as a date."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return min(float(text), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT_S)
