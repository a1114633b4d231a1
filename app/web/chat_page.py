"""The chat page: an iframe on the clinic's website, a page of its own, and without scripts a plain form."""

import secrets
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, consent, disclosure, greeting, suggestions
from app.errors import Invalid, TooMany, Unavailable
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.usecases.screening import kind_of, screened
from app.usecases.submit_form import (
    earlier_receipt,
    form_action,
    form_token,
    receipt_of,
    signed_receipt,
    submit_form,
)
from app.web.assets import asset_url
from app.web.chat_words import strings
from app.web.pages import render
from app.web.pool import Pool
from app.web.visitors import enter_site, known_website, last_known_of

CONSENT, TOKEN, ACTION = "consent", "form_token", "action"
REQUIRED = ("patient_name", "contact")
PageRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The status and the wait of a page that says why nothing was done."""

    status: int
    retry_after_s: int


UNSAVED = Refusal(503, 5)


@get("/chat/{site_key:str}", operation_id="chatPage", include_in_schema=False)
async def chat_page(
    site_key: FromPath[str], request: PageRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """The page; `?lang=es` chooses one of the clinic's languages."""
    try:
        clinic = (await enter_site(request, site_key, page=True)).clinic
        return _page(desk, clinic, _language(clinic, request), {}, {})
    except TooMany as problem:
        clinic = await pool(clinic_of_site, desk.database, site_key)
        return _busy(clinic, _language(clinic, request), problem)
    except Unavailable as problem:
        return _failing(request, site_key, problem)


@post("/chat/{site_key:str}", operation_id="chatForm", include_in_schema=False, guards=[known_website])
async def chat_form(
    site_key: FromPath[str], request: PageRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str] | Redirect:
    """The way without scripts: the same fields, the same outbox. Answers 303 to a page with the reference."""
    try:
        clinic = await pool(clinic_of_site, desk.database, site_key)
        return await _submit(request, desk, pool, clinic)
    except Unavailable as problem:
        return _failing(request, site_key, problem)


async def _submit(request: PageRequest, desk: Desk, pool: Pool, clinic: ClinicFacts) -> Response[str] | Redirect:
    site_key, language = clinic.site_key, _language(clinic, request)
    refusal: TooMany | None = None
    try:
        await enter_site(request, site_key, language=language, opens=True)
    except TooMany as problem:  # what was typed must not be lost with it
        refusal = problem
    values = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if refusal is not None:
        return _page(desk, clinic, language, {"form": _said(refusal)}, values, refusal)
    try:
        receipt = await pool(earlier_receipt, desk, clinic, values)
        errors = {} if receipt else _missing(desk, clinic, language, values)
        if receipt is None and not errors:
            receipt = await pool(submit_form, desk, clinic, values, language)
    except Invalid as problem:
        stale = problem.code == "stale_form"
        errors = {"form": strings(language)["form"]["stale"] if stale else problem.message}
        return _page(desk, clinic, language, errors, values | ({TOKEN: ""} if stale else {}))
    except Unavailable:  # nothing was kept; what was typed stays in the form, with its token
        return _page(desk, clinic, language, {"form": _not_saved(clinic, language)}, values, UNSAVED)
    if receipt is None:
        return _page(desk, clinic, language, errors, values)
    address = f"/chat/{clinic.site_key}/received/{signed_receipt(desk, receipt)}?lang={language}"
    return Redirect(address, status_code=303)


@get("/chat/{site_key:str}/received/{signed:str}", include_in_schema=False)
async def received(
    site_key: FromPath[str],
    signed: FromPath[str],
    request: PageRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> Response[str]:
    """The receipt of the form. It is signed, so that nobody can make the page say something."""
    try:
        clinic = (await enter_site(request, site_key, page=True)).clinic
    except TooMany as problem:
        clinic = await pool(clinic_of_site, desk.database, site_key)
        return _busy(clinic, _language(clinic, request), problem)
    except Unavailable as problem:
        return _failing(request, site_key, problem)
    language = _language(clinic, request)
    receipt = receipt_of(desk, signed)
    danger = desk.wording(language).say(f"emergency.{receipt.emergency}") if receipt.emergency else ""
    removed = desk.wording(language).say("number_removed") if receipt.removed else ""
    context = _frame(clinic, language) | {"reference": receipt.reference, "emergency": danger, "removed": removed}
    return render("chat_received.html", context, csp=_csp(clinic, context["nonce"]))


def _language(clinic: ClinicFacts, request: PageRequest) -> str:
    wanted = str(request.query_params.get("lang", ""))
    return wanted if wanted in clinic.languages else clinic.languages[0]


def _missing(desk: Desk, clinic: ClinicFacts, language: str, values: dict[str, str]) -> dict[str, str]:
    """{field: sentence} for what the form cannot do without."""
    words = strings(language)["form"]
    fields = [spec.name for spec in form_action(desk, clinic).slots]
    errors = {
        name: words[f"{name}_missing"] for name in REQUIRED if name in fields and not values.get(name, "").strip()
    }
    if values.get(CONSENT) != consent(desk.wording(language), ClinicWords(clinic.name, clinic.phone))[0]:
        errors[CONSENT] = words["consent_missing"]
    return errors


def _danger(desk: Desk, language: str, values: dict[str, str]) -> str:
    """The fixed text for an emergency that the fields tell of; it does not wait for the rest of the form."""
    hit = screened("\n".join(values.values())).hit if values else None
    return desk.wording(language).say(f"emergency.{kind_of(hit)}") if hit else ""


def _said(problem: TooMany) -> str:
    return " ".join(filter(None, (problem.message, problem.remedy)))


def _busy(clinic: ClinicFacts, language: str, problem: TooMany) -> Response[str]:
    """A page that a person can read where the chat would be."""
    context = _frame(clinic, language) | {
        "title": strings(language)["limits"]["title"],
        "said": problem.message,
        "remedy": problem.remedy,
    }
    headers = {"Retry-After": str(problem.retry_after_s)}
    return render("chat_busy.html", context, csp=_csp(clinic, context["nonce"]), status=429, headers=headers)


def _failing(request: PageRequest, site_key: str, problem: Unavailable) -> Response[str]:
    """A page with the phone where nothing can be read. Raises Unavailable for a clinic that was never read."""
    clinic = last_known_of(request).clinic(site_key)
    if clinic is None:
        raise problem
    language = _language(clinic, request)
    words = strings(language)["storage"]
    context = _frame(clinic, language) | {"title": words["title"], "said": _not_saved(clinic, language), "remedy": None}
    headers = {"Retry-After": str(UNSAVED.retry_after_s)}
    return render("chat_busy.html", context, csp=_csp(clinic, context["nonce"]), status=503, headers=headers)


def _not_saved(clinic: ClinicFacts, language: str) -> str:
    text: str = strings(language)["storage"]["text"]
    return text.format(clinic=clinic.name, phone=clinic.phone)


def _frame(clinic: ClinicFacts, language: str) -> dict[str, Any]:
    """What both pages need."""
    return {
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone,
            "site_key": clinic.site_key,
            "languages": list(clinic.languages),
        },
        "language": language,
        "languages": list(clinic.languages),
        "nonce": secrets.token_urlsafe(16),
        "assets": {"chat_js": asset_url("chat.js"), "chat_css": asset_url("chat.css")},
        "strings": strings(language),
        "origins": list(clinic.origins),
    }


def _page(
    desk: Desk,
    clinic: ClinicFacts,
    language: str,
    errors: dict[str, str],
    values: dict[str, str],
    refusal: TooMany | Refusal | None = None,
) -> Response[str]:
    wording, words = desk.wording(language), ClinicWords(clinic.name, clinic.phone)
    version, text = consent(wording, words)
    action, catalogue = form_action(desk, clinic), desk.catalogue(clinic)
    context = _frame(clinic, language) | {
        "consent": {"version": version, "text": text},
        "disclosure": disclosure(wording, words),
        "greeting": greeting(wording, words, catalogue),
        "suggestions": suggestions(wording, catalogue),
        "form_token": form_token(desk, clinic) if not values else values.get(TOKEN) or form_token(desk, clinic),
        "action": action.name,
        "fields": [spec.name for spec in action.slots],
        "errors": errors,
        "values": values,
        "emergency": _danger(desk, language, values),
    }
    status = 422 if errors else 200
    headers = {}
    if refusal is not None:
        status, headers = refusal.status, {"Retry-After": str(refusal.retry_after_s)}
    return render("chat.html", context, csp=_csp(clinic, context["nonce"]), status=status, headers=headers)


def _csp(clinic: ClinicFacts, nonce: str) -> str:
    """Only the clinic's websites may frame the page; nothing from elsewhere loads in it."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; "
        f"img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {' '.join(clinic.origins) or chr(39) + 'none' + chr(39)}"
    )


router = Router(path="/", route_handlers=[chat_page, chat_form, received])
