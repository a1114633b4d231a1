"""Every route of the staff's side, put together for one app."""

from typing import Any

from litestar import Request, Response, Router
from litestar.exceptions import HTTPException

from app.errors import FrontdeskError
from app.settings import Settings
from app.web import errors
from app.web.dashboard import account, passkeys, set_up, sign_in, unanswered
from app.web.dashboard import errors as pages_of_errors
from app.web.dashboard import expunge as expunge_pages
from app.web.dashboard import leads as lead_pages
from app.web.dashboard import model as model_pages
from app.web.dashboard import outbox as outbox_pages
from app.web.dashboard import papers as paper_pages
from app.web.dashboard import payers as payer_pages
from app.web.guards import bearer, browser
from app.web.staff_api import (
    actions,
    destinations,
    documents,
    expunge,
    leads,
    lists,
    model,
    outbox,
    payers,
    rules,
    sessions,
)

FILES_AT_ONCE = 5
"""Full-sized files in one upload without scripts; the page's script sends them one by one."""
FORM_ROOM = 64 * 1024
"""Bytes that a multipart form may need beside its file."""


def staff_routes(settings: Settings) -> list[Router]:
    """The API and the dashboard."""
    return [_api(settings), _dashboard(settings)]


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """For the whole app: addresses that lead nowhere belong to no router, and under /dashboard a person reads."""
    page = request.url.path.startswith("/dashboard")
    return pages_of_errors.http_error(request, error) if page else errors.http_error(request, error)


def _api(settings: Settings) -> Router:
    upload = Router(
        path="/",
        route_handlers=[documents.upload_document],
        request_max_body_size=int(settings.upload_max_mb * 1024 * 1024) + FORM_ROOM,
    )
    drafts = Router(
        path="/",
        route_handlers=[actions.publish_action, actions.validate_action, actions.test_action],
        request_max_body_size=actions.BODY_LIMIT,
    )
    with_rules = Router(
        path="/", route_handlers=[rules.put_rules, rules.try_rules], request_max_body_size=rules.LARGEST
    )
    of_a_clinic = Router(
        path="/clinics/{site_key:str}",
        guards=[bearer],
        route_handlers=[
            upload,
            documents.list_documents,
            documents.show_document,
            documents.change_document,
            documents.remove_document,
            leads.list_leads,
            leads.show_lead,
            leads.retry,
            outbox.show_outbox,
            outbox.retry_all,
            leads.share_link,
            expunge.expunge,
            payers.list_payers,
            payers.publish_payers,
            payers.change_payer,
            payers.remove_payer,
            actions.list_actions,
            actions.show_action,
            actions.disable_action,
            actions.reset_shipped_action,
            drafts,
            with_rules,
            rules.show_rules,
            rules.show_version,
            destinations.list_places,
            destinations.add_place,
            destinations.change_place,
            destinations.remove_place,
            destinations.rotate,
            destinations.send_example,
            lists.list_unanswered,
            lists.close_questions,
            lists.list_audit,
            model.show_model,
            model.switch,
            model.trial,
            model.exam_again,
            model.list_egress,
            model.show_egress,
        ],
    )
    return Router(
        path="/api/v1/staff",
        tags=["staff"],
        security=[{"staff": []}],
        route_handlers=[sessions.start_session, sessions.end_session, of_a_clinic],
        response_headers={"Cache-Control": "no-store"},
    )


def _dashboard(settings: Settings) -> Router:
    upload = Router(
        path="/",
        route_handlers=[paper_pages.upload_form],
        request_max_body_size=int(settings.upload_max_mb * 1024 * 1024) * FILES_AT_ONCE + FORM_ROOM,
    )
    of_a_clinic = Router(
        path="/{site_key:str}",
        guards=[browser],
        route_handlers=[
            upload,
            lead_pages.leads_page,
            lead_pages.lead_page,
            lead_pages.retry_form,
            outbox_pages.retry_all_form,
            lead_pages.link_form,
            expunge_pages.expunge_form,
            paper_pages.papers_page,
            paper_pages.papers_list,
            paper_pages.page_form,
            paper_pages.dates_form,
            paper_pages.delete_form,
            payer_pages.payers_page,
            payer_pages.publish_form,
            payer_pages.change_form,
            payer_pages.remove_form,
            unanswered.unanswered_page,
            unanswered.done_form,
            model_pages.model_page,
            model_pages.switch_form,
            model_pages.try_form,
            model_pages.exam_form,
            model_pages.egress_page,
            model_pages.egress_detail,
        ],
    )
    return Router(
        path="/dashboard",
        include_in_schema=False,
        route_handlers=[
            sign_in.sign_in_page,
            sign_in.sign_in_form,
            sign_in.code_page,
            sign_in.code_form,
            sign_in.sign_out_form,
            set_up.set_up_page,
            set_up.set_up_form,
            sign_in.choose_clinic,
            *account.PAGES,
            *passkeys.PAGES,
            of_a_clinic,
        ],
        exception_handlers={
            FrontdeskError: pages_of_errors.frontdesk_error,
            HTTPException: pages_of_errors.http_error,
            Exception: pages_of_errors.unexpected,
        },
    )
