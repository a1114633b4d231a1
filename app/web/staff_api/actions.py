"""The clinic's actions over the API: those in force, their versions, checking, trying and publishing."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.errors import Invalid
from app.store.queries.actions import StoredAction, actions_of, history_of
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.usecases.check_actions import check_actions
from app.usecases.publish_actions import publish_actions
from app.usecases.switch_action import reset_action, switch_action
from app.usecases.try_action import try_action
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on

Document = dict[str, Any]
BODY_LIMIT = 256 * 1024
"""Bytes; thirty slots in two languages fill about half of it."""


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ActionOut(_Out):
    """One version. `origin`: shipped, changed (a shipped one that the clinic changed) or own. `document` is the action
    as it was written. Nobody made what was shipped."""

    name: str
    number: int
    enabled: bool
    origin: str
    document: Document
    made_by_kind: str | None
    made_by: str | None
    created_at: datetime | None


class ActionsOut(BaseModel):
    """The actions in force, switched off ones too."""

    actions: list[ActionOut]


class ActionVersionsOut(BaseModel):
    """The version in force, and all of them, the newest first."""

    action: ActionOut
    versions: list[ActionOut]


class DifferenceOut(_Out):
    """One place; null where there was or is nothing."""

    path: str
    old: Any
    new: Any


class PlanOut(_Out):
    """What publishing did or would do: the version, and what it changes. Without a change there is no new version."""

    name: str
    number: int
    changed: bool
    enabled: bool
    differences: list[DifferenceOut]
    notes: list[str]


class ProblemOut(_Out):
    """Something that keeps the action from being published."""

    path: str
    what: str
    remedy: str


class CheckedOut(BaseModel):
    """`plan` is null when there are problems."""

    problems: list[ProblemOut]
    plan: PlanOut | None


class TurnOut(_Out):
    """One message, and what came of it."""

    said: str
    reply: str
    action: str | None
    status: str | None
    asking: str | None
    slots: dict[str, Any]
    settled: dict[str, str]
    completed: bool
    notices: list[str]


class TriedOut(BaseModel):
    """The talk, message by message. Nothing of it is kept, and nothing is sent."""

    turns: list[TurnOut]


class PublishIn(BaseModel):
    """`based_on` is the version that the writer saw; when another is in force by now, nothing is published."""

    model_config = ConfigDict(extra="forbid")

    document: Document
    based_on: Annotated[int | None, Field(ge=0)] = None


class CheckIn(BaseModel):
    """The action, in the form of docs/actions.md."""

    model_config = ConfigDict(extra="forbid")

    document: Document


class TryIn(CheckIn):
    """What a patient would say, in order."""

    say: Annotated[list[Annotated[str, Field(max_length=4000)]], Field(min_length=1, max_length=60)]
    language: str | None = None


@get("/actions", guards=[may(Act.READ_ACTIONS)])
async def list_actions(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ActionsOut:
    """What patients can ask this clinic for."""
    found = await pool(actions_of, desk.database, clinic_on(request).clinic_id)
    return ActionsOut(actions=[ActionOut.model_validate(one) for one in found])


@get("/actions/{name:str}", guards=[may(Act.READ_ACTIONS)])
async def show_action(
    request: Request[Any, Any, Any], name: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ActionVersionsOut:
    """One action with its versions."""
    found = await pool(history_of, desk.database, clinic_on(request).clinic_id, name)
    versions = [ActionOut.model_validate(one) for one in found]
    return ActionVersionsOut(action=versions[0], versions=versions)


@put("/actions/{name:str}", guards=[may(Act.CHANGE_ACTIONS)])
async def publish_action(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    data: JSONBody[PublishIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> PlanOut:
    """Makes a new version, which new talks get from now on; talks under way finish on theirs. The same again makes
    none."""
    clinic, document = await _clinic(request, desk, pool), _named(name, data.document)
    publish = pool(publish_actions, desk, clinic, [document], actor_on(request), based_on=data.based_on)
    return PlanOut.model_validate((await publish)[0])


@delete("/actions/{name:str}", guards=[may(Act.CHANGE_ACTIONS)], status_code=200)
async def disable_action(
    request: Request[Any, Any, Any], name: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ActionOut:
    """Switches it off: nobody can start it. Its versions are kept; publish it with `enabled` to switch it on."""
    clinic = await _clinic(request, desk, pool)
    return _out(await pool(switch_action, desk, clinic, name, actor_on(request), on=False))


@post("/actions/{name:str}/reset", guards=[may(Act.CHANGE_ACTIONS)], status_code=200)
async def reset_shipped_action(
    request: Request[Any, Any, Any], name: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ActionOut:
    """Makes a shipped action again what the release ships."""
    clinic = await _clinic(request, desk, pool)
    return _out(await pool(reset_action, desk, clinic, name, actor_on(request)))


@post("/actions/{name:str}/validate", guards=[may(Act.READ_ACTIONS)], status_code=200)
async def validate_action(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    data: JSONBody[CheckIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> CheckedOut:
    """Everything that is wrong with it, or what publishing it would change."""
    clinic, document = await _clinic(request, desk, pool), _named(name, data.document)
    found, problems = await pool(check_actions, desk, clinic, [document])
    return CheckedOut(
        problems=[ProblemOut.model_validate(problem) for problem in problems],
        plan=PlanOut.model_validate(found[0]) if found else None,
    )


@post("/actions/{name:str}/test", guards=[may(Act.READ_ACTIONS)], status_code=200)
async def test_action(
    request: Request[Any, Any, Any],
    name: FromPath[str],
    data: JSONBody[TryIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> TriedOut:
    """Plays a talk with the action as it is sent here, published or not."""
    clinic, document = await _clinic(request, desk, pool), _named(name, data.document)
    turns = await pool(try_action, desk, clinic, document, data.say, data.language)
    return TriedOut(turns=[TurnOut.model_validate(turn) for turn in turns])


async def _clinic(request: Request[Any, Any, Any], desk: Desk, pool: Pool) -> ClinicFacts:
    clinic: ClinicFacts = await pool(clinic_of_site, desk.database, str(request.path_params["site_key"]))
    return clinic


def _named(name: str, document: Document) -> Document:
    if document.get("name") != name:
        raise Invalid(f"The document is named {document.get('name')!r}, the address {name!r}.", "Use one name.")
    return document


def _out(stored: StoredAction) -> ActionOut:
    return ActionOut.model_validate(stored)
