"""When a failed call to the model server is worth another try, and after how long."""

import random

from app.llm.base import Failure, ModelFailed

MOST_TRIES = 3
LONGEST_WAIT_S = 2.0
"""Of a server that asks to come back later; it is left alone when it asks for more."""
LEAST_LEFT_S = 0.2
"""Another try with less than this is no use."""
_MOST_OF_BROKEN = 2
"""Of a server that answers with an error of its own: it hardly gets well within seconds."""
_FIRST_WAIT_S = 0.2
_AGAIN = (Failure.UNREACHABLE, Failure.SERVER, Failure.CUT)


def wait_s(problem: ModelFailed, tried: int) -> float | None:
    """Seconds until another try after `tried` others, or None when that is no use."""
    if tried + 1 >= (_MOST_OF_BROKEN if problem.failure == Failure.SERVER else MOST_TRIES):
        return None
    jitter = 0.5 + random.random()  # noqa: S311
    if problem.retry_after_s is not None:
        return problem.retry_after_s + _FIRST_WAIT_S * jitter if problem.retry_after_s <= LONGEST_WAIT_S else None
    return _FIRST_WAIT_S * 2**tried * jitter if problem.failure in _AGAIN else None
