"""The description of the HTTP interface: what the framework works out from the handlers, made true where it cannot
know better. It writes the framework's own 400, which never leaves here, and knows nothing of the app's errors."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.config.app import AppConfig
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Reference, SecurityScheme

from app import __version__

SCHEMES: dict[str, SecurityScheme | Reference] = {
    "visitor": SecurityScheme(type="http", scheme="bearer", description="The conversation's token."),
    "staff": SecurityScheme(type="http", scheme="bearer", description="From POST /api/v1/staff/sessions."),
}
ERROR = {
    "type": "object",
    "description": "The one shape of an error. `remedy` says what to do about it.",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "remedy": {"type": "string"},
            },
        }
    },
}
WHY = {
    401: "No token, or one that opens nothing (any more).",
    403: "The role does not allow it, or the request comes from a website that may not use this clinic's chat.",
    404: "Not there, or not the caller's: the two read the same.",
    409: "The same request is being worked on, or what it is about has changed.",
    413: "The body is too large.",
    422: "The request cannot be read, or a value in it is wrong.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    500: "A bug on our side.",
    503: "Storage fails or the desk is shutting down; `Retry-After` says how many seconds to wait.",
}
RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
STREAM = {"text/event-stream": {"schema": {"type": "string", "description": "saved, delta, citation, done or error."}}}
MORE_CONTENT: Mapping[str, Mapping[str, Any]] = {"sendMessage": STREAM}
"""Operation id to what it also answers with, beside JSON."""
NOT_READY = {"description": "Not ready, and why.", "content": {"application/json": {"schema": {"type": "object"}}}}
OWN_WORDS: Mapping[str, Mapping[str, Any]] = {"readiness": {"503": NOT_READY}}
"""Operation id to replies that are not the usual error."""


class DescribedJson(JsonRenderPlugin):
    """Serves the document as `described` leaves it."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return super().render(request, described(openapi_schema))


def openapi_config() -> OpenAPIConfig:
    """One JSON document: the framework's other renderers are pages that load scripts from another site."""
    return OpenAPIConfig(
        title="Frontdesk",
        version=__version__,
        path="/schema",
        components=Components(security_schemes=SCHEMES),
        render_plugins=[DescribedJson()],
    )


def close_schema(config: AppConfig) -> AppConfig:
    """In production nobody reads the interface's description from outside."""
    config.openapi_config = None
    return config


def described(document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the framework's document with the app's errors, and without a scheme where none is needed."""
    paths = {path: {verb: _described(one) for verb, one in verbs.items()} for path, verbs in document["paths"].items()}
    parts = document["components"]
    components = {**parts, "schemas": {**parts["schemas"], "Error": ERROR}, "responses": dict(_responses())}
    return {**document, "paths": paths, "components": components}


def _described(operation: Mapping[str, Any]) -> dict[str, Any]:
    name, public = operation["operationId"], {} in operation["security"]
    found = {code: one for code, one in operation["responses"].items() if code != "400"}
    if name in MORE_CONTENT:
        found["200"] = {**found["200"], "content": {**found["200"]["content"], **MORE_CONTENT[name]}}
    errors = {str(code): {"$ref": f"#/components/responses/Error{code}"} for code in _errors_of(operation, public)}
    responses = {**found, **errors, **OWN_WORDS.get(name, {})}
    return {**operation, "security": [{}] if public else operation["security"], "responses": responses}


def _errors_of(operation: Mapping[str, Any], public: bool) -> Iterator[int]:
    """What can go wrong: without a token nothing is refused for want of one, without a body none is too large."""
    asked = bool(operation.get("parameters") or operation.get("requestBody"))
    if not public or "requestBody" in operation:
        yield 401
    if asked or not public:
        yield from (403, 404, 409, 422, 429)
    if asked:
        yield 413
    yield from (500, 503)


def _responses() -> Iterator[tuple[str, dict[str, Any]]]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status, why in WHY.items():
        headers = {"headers": RETRY_AFTER} if status in (429, 503) else {}
        yield f"Error{status}", {"description": f"{HTTPStatus(status).phrase}. {why}", "content": content, **headers}
