"""Every route of the staff's side, put together for one app."""

from litestar import Router
from litestar.di import Provide

from app.settings import Settings
from app.usecases.sign_in_throttle import SignInThrottle
from app.web.guards import bearer
from app.web.staff_api import documents, leads, lists, sessions

FORM_ROOM = 64 * 1024
"""Bytes that a multipart form may need beside its file."""


def staff_routes(settings: Settings) -> list[Router]:
    """The API and the dashboard; both count sign-in attempts together."""
    throttle = SignInThrottle()
    shared = {"throttle": Provide(lambda: throttle, sync_to_thread=False)}
    return [_api(settings, shared)]


def _api(settings: Settings, shared: dict[str, Provide]) -> Router:
    upload = Router(
        path="/",
        route_handlers=[documents.upload_document],
        request_max_body_size=int(settings.upload_max_mb * 1024 * 1024) + FORM_ROOM,
    )
    of_a_clinic = Router(
        path="/clinics/{site_key:str}",
        guards=[bearer],
        route_handlers=[
            upload,
            documents.list_documents,
            documents.show_document,
            documents.remove_document,
            leads.list_leads,
            leads.show_lead,
            leads.retry,
            lists.list_unanswered,
            lists.list_audit,
        ],
    )
    return Router(
        path="/api/v1/staff",
        route_handlers=[sessions.start_session, sessions.end_session, of_a_clinic],
        dependencies=shared,
        response_headers={"Cache-Control": "no-store"},
    )
