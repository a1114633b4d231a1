"""From a request to the person behind it and the clinic it is about. Guards run this before anything else."""

from typing import Any

from litestar.connection import ASGIConnection

from app.desk import Desk
from app.errors import Forbidden, NotFound, NotSignedIn
from app.store.audit import Actor
from app.store.queries.people import ClinicEntry, Person, clinic_entry, person_of
from app.usecases.sessions import Kind, idle_limit, session_id
from app.usecases.sight import Sight
from app.usecases.touch_session import touch_session
from app.web.policy import Act, allowed, sight_of
from app.web.pool import Pool

Connection = ASGIConnection[Any, Any, Any, Any]
LONGEST_SECRET = 200


def desk_of(connection: Connection) -> Desk:
    """The desk that the app's lifespan opened."""
    desk: Desk = connection.app.state["running"].desk
    return desk


def pool_of(connection: Connection) -> Pool:
    """The app's threads for use cases."""
    pool: Pool = connection.app.state["pool"]
    return pool


def cookie_name(desk: Desk) -> str:
    """`__Host-` where the site is https: browsers then refuse it from other hosts, paths and plain http."""
    return "__Host-frontdesk" if desk.settings.url.startswith("https:") else "frontdesk"


async def recognise(connection: Connection, kind: Kind, secret: str | None) -> Person:
    """Finds the person whose session the secret opens and leaves them on the connection. Raises NotSignedIn."""
    desk, pool = desk_of(connection), pool_of(connection)
    if not secret or len(secret) > LONGEST_SECRET:
        raise NotSignedIn("Please sign in first.")
    person = await pool(person_of, desk.database, session_id(secret), kind, desk.clock(), idle_limit(desk))
    if person is None:
        raise NotSignedIn("You are signed out. Please sign in again.")
    await pool(touch_session, desk, person)
    connection.state["person"] = person
    return person


async def enter_clinic(connection: Connection, act: Act) -> ClinicEntry:
    """The clinic in the address, left on the connection. Raises NotFound for a stranger, Forbidden for a member
    whose role does not allow the act."""
    site_key = str(connection.path_params["site_key"])
    entry = await pool_of(connection)(clinic_entry, desk_of(connection).database, person_on(connection), site_key)
    if entry is None:
        raise NotFound(f"There is no clinic with the site key {site_key!r}.")
    if not allowed(entry.role, act):
        raise Forbidden(f"Your role here is {entry.role}: you may not {act}.", "Ask a manager of the clinic.")
    connection.state["clinic"] = entry
    return entry


def person_on(connection: Connection) -> Person:
    """The signed-in person. Raises NotSignedIn on a route whose guard did not look."""
    person = connection.state.get("person")
    if not isinstance(person, Person):
        raise NotSignedIn("Please sign in first.")
    return person


def clinic_on(connection: Connection) -> ClinicEntry:
    """The clinic that the guard let the person enter. Raises NotFound on a route without such a guard."""
    entry = connection.state.get("clinic")
    if not isinstance(entry, ClinicEntry):
        raise NotFound("There is nothing at this address.")
    return entry


def sight_on(connection: Connection) -> Sight:
    """What of patients' data the signed-in person sees in the clinic that they entered."""
    return sight_of(clinic_on(connection).role)


def actor_on(connection: Connection) -> Actor:
    """The signed-in person as the audit names them."""
    return Actor("staff", person_on(connection).staff_id)
