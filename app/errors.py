"""Every error that crosses a border of the app.

FrontdeskError                 has a code, a message that names the value, and a remedy
├── Refused                    the caller's mistake; becomes an HTTP status
│   ├── Invalid          422   a value is wrong
│   ├── TooLarge         413   more than the limit
│   ├── NotSignedIn      401   no or bad credentials
│   ├── Forbidden        403   known, but not allowed (role or origin)
│   │   └── SecondFactorNeeded   the role needs a second factor, and the person has set up none
│   ├── NotFound         404   not there, or not the caller's
│   ├── Conflict         409   the same request is being worked on
│   └── TooMany          429   over a rate limit; has retry_after_s
├── Unavailable          503   the desk cannot do it now (storage fails, shutting down)
├── Misconfigured              a setting or the data folder is wrong; the process refuses to start
└── JobError                   a background job failed
    ├── Transient              try again later
    ├── Permanent              trying again will not help: dead, shown, retried by hand
    └── Operator               someone must change the set-up (a wrong password): held, nothing dies
"""

from typing import Literal

Scope = Literal["route", "message"]


class FrontdeskError(Exception):
    """Base of the tree. `message` is for people and names the value; `remedy` says what to do about it."""

    code = "error"
    status = 500

    def __init__(self, message: str, remedy: str | None = None, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        if code:
            self.code = code

    def as_dict(self) -> dict[str, str]:
        """The one shape of an error over HTTP and in `--json` output (inside `{"error": ...}`)."""
        body = {"code": self.code, "message": self.message}
        return body | ({"remedy": self.remedy} if self.remedy else {})


class Refused(FrontdeskError):
    """The caller's mistake."""


class Invalid(Refused):
    """A value is wrong."""

    code, status = "invalid", 422


class TooLarge(Refused):
    """More than the limit."""

    code, status = "too_large", 413


class NotSignedIn(Refused):
    """No credentials, or bad ones."""

    code, status = "not_signed_in", 401


class Forbidden(Refused):
    """Known, but not allowed."""

    code, status = "forbidden", 403


class SecondFactorNeeded(Forbidden):
    """The person's role needs a second factor, and they have set up none yet."""

    code = "second_factor_needed"


class NotFound(Refused):
    """Not there, or not the caller's: strangers cannot tell the two apart."""

    code, status = "not_found", 404


class Conflict(Refused):
    """The same request is being worked on right now."""

    code, status = "conflict", 409


class TooMany(Refused):
    """Over a rate limit."""

    code, status = "too_many", 429

    def __init__(self, message: str, retry_after_s: int, remedy: str | None = None) -> None:
        super().__init__(message, remedy)
        self.retry_after_s = retry_after_s


class Unavailable(FrontdeskError):
    """The desk cannot do it now."""

    code, status = "unavailable", 503


class Misconfigured(FrontdeskError):
    """A setting or the data folder is wrong; the process refuses to start."""

    code = "misconfigured"


class JobError(FrontdeskError):
    """A background job failed. `scope`: "route" when nothing gets through to where it goes, "message" when only this
    one did not."""

    def __init__(self, message: str, remedy: str | None = None, *, scope: Scope = "message") -> None:
        super().__init__(message, remedy)
        self.scope = scope


class Transient(JobError):
    """Try again later. `ambiguous` means that the work may have been done (a reply got lost): wait long.
    `retry_after_s` is what the other side asked for."""

    code = "transient"

    def __init__(
        self,
        message: str,
        *,
        ambiguous: bool = False,
        retry_after_s: float | None = None,
        scope: Scope = "message",
    ) -> None:
        super().__init__(message, scope=scope)
        self.ambiguous = ambiguous
        self.retry_after_s = retry_after_s


class Permanent(JobError):
    """Trying again will not help."""

    code = "permanent"


class Operator(JobError):
    """Someone must change the set-up before it can work."""

    code = "operator"


def describe(problem: BaseException) -> str:
    """Type and place of an unexpected exception, for logs. Its message is left out: it may hold a patient's words."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{type(problem).__name__}{place}"
