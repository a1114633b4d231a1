"""What every page of the dashboard shows around its content: the clinic, the way to the other pages, trouble."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from app.desk import Desk
from app.store.queries.outbox import ClinicOutbox, clinic_outbox
from app.store.queries.people import clinics_of
from app.usecases.review_payers import count_waiting
from app.web.assets import asset_url
from app.web.dashboard import words
from app.web.pages import render
from app.web.policy import allowed
from app.web.staff_access import clinic_on, desk_of, person_on, pool_of

AnyRequest = Request[Any, Any, Any]


def bare_page(template: str, context: Mapping[str, Any], *, status: int = 200) -> Response[str]:
    """A page outside of any clinic."""
    return render(f"dashboard/{template}", {"asset": asset_url, **context}, status=status)


async def clinic_page(
    request: AnyRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> Response[str]:
    """A page of the clinic that the guard let the person enter. `here` names the entry of the menu."""
    person, clinic = person_on(request), clinic_on(request)
    notices, several, waiting = await pool_of(request)(_surroundings, desk_of(request), request)
    return bare_page(
        template,
        {
            "person": person,
            "clinic": clinic,
            "base": f"/dashboard/{clinic.site_key}",
            "here": here,
            "notices_on_way": notices,
            "several_clinics": several,
            "badges": {"payers": waiting},
            "may": lambda act: allowed(clinic.role, act),
            "csrf_token": person.csrf_token,
            "when": teller(request),
            **context,
        },
        status=status,
    )


def teller(request: AnyRequest) -> Any:
    """A function that tells a point in time in the clinic's own zone."""
    where, now = words.zone(clinic_on(request).timezone), desk_of(request).clock()
    return lambda at: words.moment(at, where, now)


def _surroundings(desk: Desk, request: AnyRequest) -> tuple[ClinicOutbox, bool, int]:
    clinic_id = clinic_on(request).clinic_id
    notices = clinic_outbox(desk.database, clinic_id, desk.clock())
    waiting = count_waiting(desk, clinic_id)
    return notices, len(clinics_of(desk.database, person_on(request))) > 1, sum(waiting.values())
