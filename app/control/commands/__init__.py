"""The commands that read or write a clinic's data, by name. Each takes the desk, plain arguments and a way to report
progress, and returns plain facts: so it runs the same in a server and on its own."""

from collections.abc import Callable, Mapping
from typing import Any

from app.control.commands.actions import (
    actions_export,
    actions_import,
    actions_list,
    actions_reset,
    actions_switch,
    actions_test,
)
from app.control.commands.asking import ask, chat_open, chat_say
from app.control.commands.audit import audit_export, audit_verify
from app.control.commands.clinics import clinic_create, clinic_list, clinic_set
from app.control.commands.demo import demo
from app.control.commands.destinations import (
    destinations_add,
    destinations_list,
    destinations_remove,
    destinations_rotate,
    destinations_set,
    destinations_test,
)
from app.control.commands.doctor import doctor
from app.control.commands.expunge import expunge
from app.control.commands.ingest import ingest
from app.control.commands.model import model_egress, model_exam, model_status_facts, model_try
from app.control.commands.outbox import outbox_list, outbox_retry
from app.control.commands.purge import purge
from app.control.commands.rules import rules_export, rules_import
from app.control.commands.staff import (
    staff_code,
    staff_create,
    staff_disable,
    staff_invite,
    staff_reset_mfa,
    staff_reset_password,
)
from app.control.commands.upkeep import backup, keys_rotate
from app.desk import Desk
from app.errors import Invalid

Report = Callable[[dict[str, Any]], None]
Command = Callable[[Desk, dict[str, Any], Report], Any]

COMMANDS: Mapping[str, Command] = {
    "actions_export": actions_export,
    "actions_import": actions_import,
    "actions_list": actions_list,
    "actions_reset": actions_reset,
    "actions_switch": actions_switch,
    "actions_test": actions_test,
    "ask": ask,
    "audit_export": audit_export,
    "audit_verify": audit_verify,
    "backup": backup,
    "chat_open": chat_open,
    "chat_say": chat_say,
    "clinic_create": clinic_create,
    "clinic_list": clinic_list,
    "clinic_set": clinic_set,
    "demo": demo,
    "destinations_add": destinations_add,
    "destinations_list": destinations_list,
    "destinations_remove": destinations_remove,
    "destinations_rotate": destinations_rotate,
    "destinations_set": destinations_set,
    "destinations_test": destinations_test,
    "doctor": doctor,
    "expunge": expunge,
    "ingest": ingest,
    "keys_rotate": keys_rotate,
    "model_egress": model_egress,
    "model_exam": model_exam,
    "model_status": model_status_facts,
    "model_try": model_try,
    "outbox_list": outbox_list,
    "outbox_retry": outbox_retry,
    "purge": purge,
    "rules_export": rules_export,
    "rules_import": rules_import,
    "staff_code": staff_code,
    "staff_create": staff_create,
    "staff_disable": staff_disable,
    "staff_invite": staff_invite,
    "staff_reset_mfa": staff_reset_mfa,
    "staff_reset_password": staff_reset_password,
}


def run(desk: Desk, command: str, arguments: dict[str, Any], report: Report) -> Any:
    """Runs a command by name. Raises Invalid for one this version does not have."""
    if command not in COMMANDS:
        raise Invalid(f"The running server knows no command {command!r}.", "Restart it: its version is older.")
    return COMMANDS[command](desk, arguments, report)
