"""The clinic's rules over the API: what is in force, what other rules would change, and saving them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.errors import NotFound
from app.qualification.facts import fact_names
from app.qualification.outcomes import PRECEDENCE
from app.qualification.rule_layers import shipped_data
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.queries.rules import rule_versions
from app.usecases.preview_rules import preview_rules
from app.usecases.save_rules import NewRules, save_rules, vocabulary_of
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on

ClientId = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
LARGEST = 512 * 1024
"""Bytes of a request that carries rules."""


class VersionOut(BaseModel):
    """One version; `by` is an e-mail address, or `command`."""

    number: int
    created_at: datetime
    by: str


class VocabularyOut(BaseModel):
    """What rules may speak of: facts with what they mean, fields, fields that can be asked for on demand, actions, and
    outcomes in the order of precedence."""

    facts: dict[str, str]
    slots: list[str]
    on_demand: list[str]
    actions: list[str]
    outcomes: list[str]


class RulesOut(BaseModel):
    """`version` 0 are the shipped rules. `versions` the newest first."""

    version: int
    rules: dict[str, Any]
    vocabulary: VocabularyOut
    versions: list[VersionOut]


class RulesIn(BaseModel):
    """`based_on` is the version that was edited; without it the last one to save wins."""

    model_config = ConfigDict(extra="forbid")

    client_id: ClientId
    rules: dict[str, Any]
    based_on: int | None = None


class SavedOut(BaseModel):
    """`changed` is false when the version in force says the same."""

    version: int
    changed: bool


class PreviewIn(BaseModel):
    """Rules to try."""

    model_config = ConfigDict(extra="forbid")

    rules: dict[str, Any]


class ChangeOut(BaseModel):
    """One lead that would have come out differently."""

    lead_id: str
    reference: str
    old: str
    new: str
    old_reason: str
    new_reason: str


class CountOut(BaseModel):
    """How many leads would have gone from one outcome to another."""

    old: str
    new: str
    leads: int


class PreviewOut(BaseModel):
    """Of the newest `looked_at` leads; `older` when there are more. `rescored` would stand elsewhere in the queue,
    `without_facts` could not be decided again."""

    looked_at: int
    older: bool
    without_facts: int
    rescored: int
    counts: list[CountOut]
    changes: list[ChangeOut]


@get("/rules", guards=[may(Act.READ_RULES)])
async def show_rules(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> RulesOut:
    """The rules in force and what they may speak of."""
    return await pool(_rules, desk, await _clinic(request, desk, pool))


@get("/rules/{number:int}", guards=[may(Act.READ_RULES)])
async def show_version(
    request: Request[Any, Any, Any], number: FromPath[int], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """What one version says; 0 are the shipped rules."""
    if number == 0:
        return shipped_data()
    versions = await pool(rule_versions, desk.database, clinic_on(request).clinic_id)
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise NotFound(f"There is no version {number} of the rules.")
    return dict(found.data)


@put("/rules", guards=[may(Act.CHANGE_RULES)])
async def put_rules(
    request: Request[Any, Any, Any],
    data: JSONBody[RulesIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> SavedOut:
    """Requests are decided by these rules from now on."""
    clinic = await _clinic(request, desk, pool)
    saved = await pool(save_rules, desk, clinic, NewRules(data.rules, data.based_on, data.client_id), actor_on(request))
    return SavedOut(version=saved.version, changed=saved.changed)


@post("/rules/preview", guards=[may(Act.CHANGE_RULES)], status_code=200)
async def try_rules(
    request: Request[Any, Any, Any],
    data: JSONBody[PreviewIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> PreviewOut:
    """Which stored leads these rules would have decided differently; changes nothing."""
    found = await pool(preview_rules, desk, await _clinic(request, desk, pool), data.rules)
    counts = [{"old": old, "new": new, "leads": number} for old, new, number in found.counts]
    return PreviewOut.model_validate({**asdict(found), "counts": counts})


async def _clinic(request: Request[Any, Any, Any], desk: Desk, pool: Pool) -> ClinicFacts:
    return await pool(clinic_of_site, desk.database, clinic_on(request).site_key)


def _rules(desk: Desk, clinic: ClinicFacts) -> RulesOut:
    book, words = desk.rules(clinic), vocabulary_of(desk, clinic)
    return RulesOut(
        version=book.version,
        rules=dict(book.rules.data),
        vocabulary=VocabularyOut(
            facts=dict(fact_names()),
            slots=sorted(words.slots or ()),
            on_demand=sorted(words.on_demand or ()),
            actions=sorted(words.actions or ()),
            outcomes=[outcome.value for outcome in PRECEDENCE],
        ),
        versions=[
            VersionOut(number=one.number, created_at=one.created_at, by=one.by)
            for one in rule_versions(desk.database, clinic.id)
        ],
    )
