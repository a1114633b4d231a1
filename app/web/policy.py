"""Who may do what, and what of patients' data they see of it: the whole table, in one place. What is not in it nobody
may do or see. docs/access.md shows it, and tests/access walks every address of the app by it."""

from collections.abc import Mapping
from enum import StrEnum

from app.usecases.closed_values import CLOSED
from app.usecases.sight import EVERYTHING, NOTHING, Sight


class Act(StrEnum):
    """What the staff's routes do; every route of a clinic names one."""

    READ_LEADS = "read leads"
    RETRY_NOTICES = "send notices again"
    SHARE_LINKS = "make a link for a patient"
    READ_PAPERS = "read the list of papers"
    CHANGE_PAPERS = "change papers"
    READ_PAYERS = "read payer rows"
    CHANGE_PAYERS = "publish and change payer rows"
    READ_ACTIONS = "read and try actions"
    CHANGE_ACTIONS = "publish and switch off actions"
    READ_UNANSWERED = "read unanswered questions"
    CLOSE_UNANSWERED = "close unanswered questions"
    READ_RULES = "read the rules"
    CHANGE_RULES = "change the rules"
    READ_DESTINATIONS = "read where notices go"
    CHANGE_DESTINATIONS = "change where notices go"
    READ_AUDIT = "read the audit"
    EXPUNGE = "remove a patient's data"
    READ_MODEL = "read how the language model stands"
    CHANGE_MODEL = "switch and try the language model"
    READ_EGRESS = "read what left for the language model"


_VIEWER = frozenset(
    {Act.READ_LEADS, Act.READ_PAPERS, Act.READ_PAYERS, Act.READ_ACTIONS, Act.READ_UNANSWERED, Act.READ_RULES}
)
_COORDINATOR = _VIEWER | {
    Act.RETRY_NOTICES,
    Act.SHARE_LINKS,
    Act.CLOSE_UNANSWERED,
    Act.READ_MODEL,
    Act.READ_EGRESS,
}
_MANAGER = _COORDINATOR | {
    Act.CHANGE_PAPERS,
    Act.CHANGE_PAYERS,
    Act.CHANGE_ACTIONS,
    Act.CHANGE_RULES,
    Act.READ_DESTINATIONS,
    Act.CHANGE_DESTINATIONS,
    Act.READ_AUDIT,
    Act.EXPUNGE,
    Act.CHANGE_MODEL,
}
POLICY: dict[str, frozenset[Act]] = {
    "viewer": _VIEWER,
    "coordinator": _COORDINATOR,
    "manager": _MANAGER,
    "owner": frozenset(Act),
}


def allowed(role: str, act: Act) -> bool:
    """Whether someone with this role may do this."""
    return act in POLICY.get(role, frozenset())


_VIEWERS_FIELDS = CLOSED
SIGHT: Mapping[str, Sight] = {
    "viewer": Sight(_VIEWERS_FIELDS, words=False),
    "coordinator": EVERYTHING,
    "manager": EVERYTHING,
    "owner": EVERYTHING,
}
"""By types of fields, never by names: it holds for the fields of a clinic's own actions too. A viewer sees of those
types what the desk understood, never what was typed: a name stands in any field that somebody types it into."""


def sight_of(role: str) -> Sight:
    """What of patients' data someone with this role sees; nothing for a role that is not known."""
    return SIGHT.get(role, NOTHING)


class Door(StrEnum):
    """Who may knock at an address that belongs to no clinic's staff."""

    ANYONE = "anyone"
    VISITOR = "the visitor whose conversation it is"
    SIGNED_IN = "anyone who is signed in"
    HALF_SIGNED_IN = "whoever gave the right password and owes the code"


_CLINIC = "/api/v1/staff/clinics/{site_key}"
_PAGES = "/dashboard/{site_key}"
OPERATIONS: Mapping[str, Door | Act] = {
    # What anybody may ask for
    "GET /healthz": Door.ANYONE,
    "GET /readyz": Door.ANYONE,
    "GET /metrics": Door.ANYONE,
    "GET /embed.js": Door.ANYONE,
    "GET /static/{name}": Door.ANYONE,
    "GET /schema": Door.ANYONE,
    "GET /schema/openapi.json": Door.ANYONE,
    "GET /schema/{path}": Door.ANYONE,
    "GET /chat/{site_key}": Door.ANYONE,
    "POST /chat/{site_key}": Door.ANYONE,
    "GET /chat/{site_key}/received/{signed}": Door.ANYONE,
    # The visitor's API
    "GET /api/v1/clinics/{site_key}": Door.ANYONE,
    "POST /api/v1/conversations": Door.ANYONE,
    "POST /api/v1/conversations/resume": Door.ANYONE,
    "GET /api/v1/conversations/{conversation_id}": Door.VISITOR,
    "DELETE /api/v1/conversations/{conversation_id}": Door.VISITOR,
    "POST /api/v1/conversations/{conversation_id}/messages": Door.VISITOR,
    "POST /api/v1/conversations/{conversation_id}/contact": Door.VISITOR,
    "POST /api/v1/conversations/{conversation_id}/resume-link": Door.VISITOR,
    "POST /api/v1/conversations/{conversation_id}/feedback": Door.VISITOR,
    "POST /api/v1/conversations/{conversation_id}/token": Door.VISITOR,
    # The staff's API
    "POST /api/v1/staff/sessions": Door.ANYONE,
    "DELETE /api/v1/staff/sessions": Door.SIGNED_IN,
    f"GET {_CLINIC}/leads": Act.READ_LEADS,
    f"GET {_CLINIC}/leads/{{lead_id}}": Act.READ_LEADS,
    f"POST {_CLINIC}/leads/{{lead_id}}/resume-link": Act.SHARE_LINKS,
    f"POST {_CLINIC}/leads/{{lead_id}}/expunge": Act.EXPUNGE,
    f"POST {_CLINIC}/notices/{{notice_id}}/retry": Act.RETRY_NOTICES,
    f"GET {_CLINIC}/outbox": Act.READ_LEADS,
    f"POST {_CLINIC}/outbox/retry": Act.RETRY_NOTICES,
    f"GET {_CLINIC}/destinations": Act.READ_DESTINATIONS,
    f"POST {_CLINIC}/destinations": Act.CHANGE_DESTINATIONS,
    f"PATCH {_CLINIC}/destinations/{{destination_id}}": Act.CHANGE_DESTINATIONS,
    f"DELETE {_CLINIC}/destinations/{{destination_id}}": Act.CHANGE_DESTINATIONS,
    f"POST {_CLINIC}/destinations/{{destination_id}}/rotate-secret": Act.CHANGE_DESTINATIONS,
    f"POST {_CLINIC}/destinations/{{destination_id}}/test": Act.CHANGE_DESTINATIONS,
    f"GET {_CLINIC}/documents": Act.READ_PAPERS,
    f"POST {_CLINIC}/documents": Act.CHANGE_PAPERS,
    f"GET {_CLINIC}/documents/{{document_id}}": Act.READ_PAPERS,
    f"PATCH {_CLINIC}/documents/{{document_id}}": Act.CHANGE_PAPERS,
    f"DELETE {_CLINIC}/documents/{{document_id}}": Act.CHANGE_PAPERS,
    f"GET {_CLINIC}/payers": Act.READ_PAYERS,
    f"POST {_CLINIC}/payers/publish": Act.CHANGE_PAYERS,
    f"PATCH {_CLINIC}/payers/{{row_id}}": Act.CHANGE_PAYERS,
    f"DELETE {_CLINIC}/payers/{{row_id}}": Act.CHANGE_PAYERS,
    f"GET {_CLINIC}/actions": Act.READ_ACTIONS,
    f"GET {_CLINIC}/actions/{{name}}": Act.READ_ACTIONS,
    f"PUT {_CLINIC}/actions/{{name}}": Act.CHANGE_ACTIONS,
    f"DELETE {_CLINIC}/actions/{{name}}": Act.CHANGE_ACTIONS,
    f"POST {_CLINIC}/actions/{{name}}/reset": Act.CHANGE_ACTIONS,
    f"POST {_CLINIC}/actions/{{name}}/validate": Act.READ_ACTIONS,
    f"POST {_CLINIC}/actions/{{name}}/test": Act.READ_ACTIONS,
    f"GET {_CLINIC}/rules": Act.READ_RULES,
    f"GET {_CLINIC}/rules/{{number}}": Act.READ_RULES,
    f"PUT {_CLINIC}/rules": Act.CHANGE_RULES,
    f"POST {_CLINIC}/rules/preview": Act.CHANGE_RULES,
    f"GET {_CLINIC}/unanswered": Act.READ_UNANSWERED,
    f"POST {_CLINIC}/unanswered/done": Act.CLOSE_UNANSWERED,
    f"GET {_CLINIC}/audit": Act.READ_AUDIT,
    f"GET {_CLINIC}/model": Act.READ_MODEL,
    f"PUT {_CLINIC}/model": Act.CHANGE_MODEL,
    f"POST {_CLINIC}/model/try": Act.CHANGE_MODEL,
    f"POST {_CLINIC}/model/exam": Act.CHANGE_MODEL,
    f"GET {_CLINIC}/egress": Act.READ_EGRESS,
    f"GET {_CLINIC}/egress/{{egress_id}}": Act.READ_EGRESS,
    # The dashboard
    "GET /dashboard/sign-in": Door.ANYONE,
    "POST /dashboard/sign-in": Door.ANYONE,
    "GET /dashboard/sign-in/code": Door.HALF_SIGNED_IN,
    "POST /dashboard/sign-in/code": Door.HALF_SIGNED_IN,
    "GET /dashboard/sign-in/passkey": Door.ANYONE,
    "POST /dashboard/sign-in/passkey": Door.ANYONE,
    "GET /dashboard/set-up": Door.ANYONE,
    "POST /dashboard/set-up": Door.ANYONE,
    "POST /dashboard/sign-out": Door.SIGNED_IN,
    "GET /dashboard": Door.SIGNED_IN,
    "GET /dashboard/account": Door.SIGNED_IN,
    "GET /dashboard/account/password": Door.SIGNED_IN,
    "POST /dashboard/account/password": Door.SIGNED_IN,
    "GET /dashboard/account/second-factor": Door.SIGNED_IN,
    "POST /dashboard/account/second-factor": Door.SIGNED_IN,
    "POST /dashboard/account/second-factor/begin": Door.SIGNED_IN,
    "POST /dashboard/account/second-factor/off": Door.SIGNED_IN,
    "POST /dashboard/account/recovery-codes": Door.SIGNED_IN,
    "GET /dashboard/account/passkeys/new": Door.SIGNED_IN,
    "POST /dashboard/account/passkeys/begin": Door.SIGNED_IN,
    "POST /dashboard/account/passkeys": Door.SIGNED_IN,
    "POST /dashboard/account/passkeys/rename": Door.SIGNED_IN,
    "POST /dashboard/account/passkeys/remove": Door.SIGNED_IN,
    "POST /dashboard/account/sessions/end": Door.SIGNED_IN,
    "POST /dashboard/account/sessions/end-all": Door.SIGNED_IN,
    f"GET {_PAGES}/leads": Act.READ_LEADS,
    f"GET {_PAGES}/leads/{{lead_id}}": Act.READ_LEADS,
    f"POST {_PAGES}/leads/{{lead_id}}/resume-link": Act.SHARE_LINKS,
    f"POST {_PAGES}/leads/{{lead_id}}/expunge": Act.EXPUNGE,
    f"POST {_PAGES}/notices/{{notice_id}}/retry": Act.RETRY_NOTICES,
    f"POST {_PAGES}/outbox/retry": Act.RETRY_NOTICES,
    f"GET {_PAGES}/papers": Act.READ_PAPERS,
    f"GET {_PAGES}/papers/list": Act.READ_PAPERS,
    f"POST {_PAGES}/papers": Act.CHANGE_PAPERS,
    f"POST {_PAGES}/papers/page": Act.CHANGE_PAPERS,
    f"POST {_PAGES}/papers/{{document_id}}/dates": Act.CHANGE_PAPERS,
    f"POST {_PAGES}/papers/{{document_id}}/delete": Act.CHANGE_PAPERS,
    f"GET {_PAGES}/payers": Act.READ_PAYERS,
    f"POST {_PAGES}/payers/publish": Act.CHANGE_PAYERS,
    f"POST {_PAGES}/payers/{{row_id}}/change": Act.CHANGE_PAYERS,
    f"POST {_PAGES}/payers/{{row_id}}/remove": Act.CHANGE_PAYERS,
    f"GET {_PAGES}/unanswered": Act.READ_UNANSWERED,
    f"POST {_PAGES}/unanswered/done": Act.CLOSE_UNANSWERED,
    f"GET {_PAGES}/model": Act.READ_MODEL,
    f"POST {_PAGES}/model": Act.CHANGE_MODEL,
    f"POST {_PAGES}/model/try": Act.CHANGE_MODEL,
    f"POST {_PAGES}/model/exam": Act.CHANGE_MODEL,
    f"GET {_PAGES}/egress": Act.READ_EGRESS,
    f"GET {_PAGES}/egress/{{egress_id}}": Act.READ_EGRESS,
}
"""Every address of the app, and who passes. Beside the guards on the routes, not instead of them: a route whose guard
says something else, or a new one without a line here, fails the tests."""
