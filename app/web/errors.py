"""Every error leaves as {"error": {"code", "message", "remedy"?}}."""

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from app.errors import Conflict, FrontdeskError, TooMany, describe

log = logging.getLogger("frontdesk.web")
CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
MESSAGES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large.",
}


def _body(code: str, message: str, remedy: str | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message} | ({"remedy": remedy} if remedy else {})}


def frontdesk_error(_: Request[Any, Any, Any], error: FrontdeskError) -> Response[dict[str, Any]]:
    """The tree of `app.errors`."""
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    elif error.status == 503:
        headers["Retry-After"] = "5"
    elif isinstance(error, Conflict):
        headers["Retry-After"] = "1"
    return Response({"error": error.as_dict()}, status_code=error.status, headers=headers)


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """The framework's own refusals; a body that does not fit its model is 422 and names the fields."""
    if isinstance(error, ValidationException):
        fields = ", ".join(sorted({str(e.get("key", "body")) for e in error.extra or [] if isinstance(e, dict)}))
        return Response(_body("invalid", f"These fields are missing or wrong: {fields or 'body'}."), status_code=422)
    status = 422 if error.status_code == 400 else error.status_code
    message = MESSAGES.get(status, "The request cannot be read.")
    return Response(_body(CODES.get(status, "invalid"), message), status_code=status, headers=error.headers)


def unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """JSON nested by the thousand, or bytes that are no text: the decoder gives up in its own way, but it is the
    caller's mistake."""
    log.warning("%s %s: %s", request.method, request.route_handler, describe(error))
    return Response(_body("invalid", "The request cannot be read."), status_code=422)


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """A bug: the log gets type and place (the message may hold a patient's words), the visitor an honest sentence."""
    log.error("%s %s: %s", request.method, request.route_handler, describe(error))
    return Response(_body("internal", "Something went wrong on our side. Please try again."), status_code=500)
