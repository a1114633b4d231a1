"""Where the clinic's notices go, over the API. Addresses that are secrets are taken in and never given out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.queries.destinations import list_destinations
from app.usecases.add_destination import NewDestination, add_destination
from app.usecases.allowed_fields import field_names
from app.usecases.change_destination import change_destination
from app.usecases.remove_destination import remove_destination
from app.usecases.rotate_secret import rotate_secret
from app.usecases.try_destination import try_destination
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on

ClientId = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
Fields = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DestinationOut(_Out):
    """`address` of Slack and webhooks is host and last letters. `fields` are what it may carry, `*` for all, none for
    a link only; null: as the clinic's own list for e-mail. `hears_all` is false for an address that only some actions
    name. Until `old_secret_until` a webhook is signed with an earlier secret too."""

    id: str
    channel: Literal["email", "slack", "webhook"]
    address: str
    fields: list[str] | None
    hears_all: bool
    coordinator: bool
    created_at: datetime
    old_secret_until: datetime | None


class DestinationsOut(BaseModel):
    """The oldest first; `known_fields` are the names that `fields` may hold."""

    destinations: list[DestinationOut]
    known_fields: list[str]


class NewIn(_In):
    """`fields` null: an e-mail carries what the clinic allows for e-mail, anything else a link only."""

    client_id: ClientId
    channel: Literal["email", "slack", "webhook"]
    address: Annotated[str, Field(min_length=3, max_length=2000)]
    fields: Fields | None = None


class AddedOut(_Out):
    """`secret` signs a webhook's messages; it is shown this once, and null for other channels."""

    destination: DestinationOut
    secret: str | None


class FieldsIn(_In):
    """`fields` as in the list."""

    fields: Fields | None


class RemovedOut(BaseModel):
    """How many notices are not sent because of it; their leads stay in the inbox."""

    id: str
    suppressed: int


class RotateIn(_In):
    """`at_once`: the old secret ends now."""

    client_id: ClientId
    at_once: bool = False


class RotatedOut(_Out):
    """The new secret, shown this once, and until when the one before signs too."""

    destination_id: str
    secret: str
    old_secret_until: datetime | None


class TriedOut(_Out):
    """`result`: delivered, written or failed; `code`, `message` and `remedy` say how it failed."""

    destination_id: str
    result: str
    code: str | None
    message: str | None
    remedy: str | None


@get("/destinations", guards=[may(Act.READ_DESTINATIONS)])
async def list_places(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> DestinationsOut:
    """Where notices go."""
    clinic = await _clinic(request, desk, pool)
    found = await pool(list_destinations, desk.database, clinic.id)
    names = await pool(field_names, desk, clinic)
    return DestinationsOut(destinations=[DestinationOut.model_validate(one) for one in found], known_fields=names)


@post("/destinations", guards=[may(Act.CHANGE_DESTINATIONS)])
async def add_place(
    request: Request[Any, Any, Any], data: JSONBody[NewIn], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> AddedOut:
    """One more place hears of the clinic's requests."""
    clinic = await _clinic(request, desk, pool)
    new = NewDestination(data.channel, data.address, data.fields, data.client_id)
    return AddedOut.model_validate(await pool(add_destination, desk, clinic, new, actor_on(request)))


@patch("/destinations/{destination_id:str}", guards=[may(Act.CHANGE_DESTINATIONS)])
async def change_place(
    request: Request[Any, Any, Any],
    destination_id: FromPath[str],
    data: JSONBody[FieldsIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> DestinationOut:
    """It carries these fields from now on, also in what waits already."""
    clinic = await _clinic(request, desk, pool)
    changed = await pool(change_destination, desk, clinic, destination_id, data.fields, actor_on(request))
    return DestinationOut.model_validate(changed)


@delete("/destinations/{destination_id:str}", guards=[may(Act.CHANGE_DESTINATIONS)], status_code=200)
async def remove_place(
    request: Request[Any, Any, Any],
    destination_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> RemovedOut:
    """Nothing more is sent there, not even what is waiting."""
    clinic = await _clinic(request, desk, pool)
    stopped = await pool(remove_destination, desk, clinic, destination_id, actor_on(request))
    return RemovedOut(id=destination_id, suppressed=stopped)


@post("/destinations/{destination_id:str}/rotate-secret", guards=[may(Act.CHANGE_DESTINATIONS)])
async def rotate(
    request: Request[Any, Any, Any],
    destination_id: FromPath[str],
    data: JSONBody[RotateIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> RotatedOut:
    """A webhook gets a new secret; the old one signs beside it for a while."""
    clinic, actor = await _clinic(request, desk, pool), actor_on(request)
    made = await pool(
        rotate_secret, desk, clinic, destination_id, actor, at_once=data.at_once, client_id=data.client_id
    )
    return RotatedOut.model_validate(made)


@post("/destinations/{destination_id:str}/test", guards=[may(Act.CHANGE_DESTINATIONS)], status_code=200)
async def send_example(
    request: Request[Any, Any, Any],
    destination_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> TriedOut:
    """Sends an example there now, which holds nothing of any patient."""
    clinic = await _clinic(request, desk, pool)
    return TriedOut.model_validate(await pool(try_destination, desk, clinic, destination_id, actor_on(request)))


async def _clinic(request: Request[Any, Any, Any], desk: Desk, pool: Pool) -> ClinicFacts:
    return await pool(clinic_of_site, desk.database, clinic_on(request).site_key)
