"""Errors of the dashboard as pages in words; who is not signed in is sent to sign in and comes back."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from app.errors import FrontdeskError, NotSignedIn, SecondFactorNeeded
from app.web import errors
from app.web.dashboard.shell import bare_page

TITLES = {
    403: "You may not do that",
    404: "There is no such page",
    413: "That is too large",
    422: "That did not work",
    429: "Too many tries",
    503: "The desk is not available right now",
}


def frontdesk_error(request: Request[Any, Any, Any], error: FrontdeskError) -> Response[Any]:
    """The tree of `app.errors`."""
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    if isinstance(error, SecondFactorNeeded):
        return Redirect("/dashboard/account/second-factor", status_code=303)
    found = errors.frontdesk_error(request, error)
    message = "It may have been deleted, or it belongs to another clinic." if error.status == 404 else error.message
    remedy = None if error.status == 404 else error.remedy
    return _page(error.status, message, remedy, dict(found.headers))


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The framework's own refusals."""
    found = errors.http_error(request, error)
    body = found.content["error"]
    if found.status_code == 413:
        return _page(413, "The files are too large together.", "Upload fewer files at a time.", {})
    return _page(found.status_code or 500, body["message"], body.get("remedy"), {})


def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A bug: logged without a word of a patient."""
    found = errors.unexpected(request, error)
    return _page(500, found.content["error"]["message"], None, {})


def _page(status: int, message: str, remedy: str | None, headers: dict[str, str]) -> Response[str]:
    title = TITLES.get(status, "Something went wrong")
    answer = bare_page("error.html", {"title": title, "message": message, "remedy": remedy}, status=status)
    answer.headers.update(headers)
    return answer


def _to_sign_in(request: Request[Any, Any, Any]) -> Redirect:
    wanted = f"?next_page={quote(request.url.path, safe='')}" if request.method == "GET" else ""
    return Redirect(f"/dashboard/sign-in{wanted}", status_code=303)
