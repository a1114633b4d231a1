"""save_rules: a clinic decides by other rules from now on. What was decided before stays as it was."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from app.actions.on_demand import on_demand
from app.actions.shipped import shipped_actions
from app.desk import Desk
from app.errors import Conflict
from app.qualification.rule_file import Vocabulary, read_rules
from app.qualification.rule_layers import shipped_data
from app.qualification.rules import RuleSet
from app.store.audit import Actor, record
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.queries.rules import newest_rules
from app.store.tables import Clinic, RuleVersion


@dataclass(frozen=True, slots=True)
class Saved:
    """`version` is in force now; `changed` is False when it says what the one before says, and was in force already."""

    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class NewRules:
    """What somebody wants to decide by. `based_on` is the version that was edited, None for whichever it is. With a
    `client_id` the same request again changes nothing and has the same result."""

    data: Any
    based_on: int | None = None
    client_id: str | None = None


def save_rules(desk: Desk, clinic: ClinicFacts, new: NewRules, actor: Actor) -> Saved:
    """Stores a new version. Raises Invalid, naming what is wrong, and Conflict when somebody changed them meanwhile."""
    data, now = dict(rules_for(desk, clinic, new.data).data), desk.clock()

    def save(session: Session) -> Saved:
        last = newest_rules(session, clinic.id)
        number = last.number if last else 0
        if new.based_on is not None and new.based_on != number:
            raise Conflict(
                f"The rules are at version {number}, not {new.based_on}.", "Load them again and repeat the change."
            )
        if data == (last.data if last else shipped_data()):
            return Saved(number, changed=False)
        version = RuleVersion(
            clinic_id=clinic.id,
            number=number + 1,
            data=data,
            actor_kind=actor.kind,
            actor_id=actor.id,
            created_at=now,
        )
        row = session.get_one(Clinic, clinic.id)
        row.rules_version = version.number
        session.add_all([version, row])
        record(session, now, actor, "change_rules", ("rules", version.id), clinic.id)
        return Saved(version.number, changed=True)

    def work(session: Session) -> Saved:
        if new.client_id is None:
            return save(session)
        request = Request(clinic.id, "rules", new.client_id, {"rules": data, "based_on": new.based_on})
        return Saved(**once(session, request, now, lambda: asdict(save(session))))

    return desk.database.write(work)


def rules_for(desk: Desk, clinic: ClinicFacts, data: Any) -> RuleSet:
    """The rule set that `data` describes, checked against the clinic's actions and fields. Raises Invalid."""
    return read_rules(data, vocabulary_of(desk, clinic))


def vocabulary_of(desk: Desk, clinic: ClinicFacts) -> Vocabulary:
    """What this clinic's rules may speak of."""
    actions = [*desk.catalogue(clinic).actions, *shipped_actions()]
    slots = {spec.name for action in actions for spec in action.slots}
    return Vocabulary(slots, {action.name for action in actions}, set(on_demand()))
