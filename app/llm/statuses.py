"""What a model server's HTTP status means for a call, and how long it asks to be left alone."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from app.llm.base import Failure, ModelFailed

_KNOWN = {401: Failure.UNAUTHORIZED, 403: Failure.UNAUTHORIZED, 408: Failure.LATE, 429: Failure.LIMITED}
_MAY_SAY_WHEN = (429, 503)


def failed_with(code: int, headers: Mapping[str, str]) -> ModelFailed:
    """The failure that a status other than 2xx is. Never with the server's words: they may repeat a patient's."""
    wait = _retry_after(headers) if code in _MAY_SAY_WHEN else None
    return ModelFailed(_failure_of(code), f"HTTP {code}", retry_after_s=wait)


def _failure_of(code: int) -> Failure:
    if code < 400:  # a redirect, which is not followed
        return Failure.UNREACHABLE
    return Failure.SERVER if code >= 500 else _KNOWN.get(code, Failure.REFUSED)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
