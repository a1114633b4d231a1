"""read_unanswered: questions that no paper answers, one by one and by meaning, as far as the reader may see them. That
somebody read them is on record first."""

from app.desk import Desk
from app.store.audit import Actor
from app.store.queries.unanswered import Unanswered, unanswered
from app.usecases.group_unanswered import QuestionGroup, group_unanswered
from app.usecases.log_read import log_read
from app.usecases.sight import Sight, seen

Questions = tuple[list[Unanswered], list[QuestionGroup]]


def read_unanswered(desk: Desk, clinic_id: str, actor: Actor, sight: Sight) -> Questions:
    """The newest 500, newest first, and the same questions by meaning, the most asked first."""
    groups = read_question_groups(desk, clinic_id, actor, sight)
    return [seen(one, sight, _no_field) for one in unanswered(desk.database, clinic_id)], groups


def read_question_groups(desk: Desk, clinic_id: str, actor: Actor, sight: Sight) -> list[QuestionGroup]:
    """Only by meaning."""
    log_read(desk, actor, "unanswered_read", ("clinic", clinic_id), clinic_id)
    return [seen(one, sight, _no_field) for one in group_unanswered(desk, clinic_id)]


def _no_field(_name: str) -> str:
    return ""
