"""read_unanswered: questions that no paper answers, one by one and by meaning, as far as the reader may see them."""

from app.desk import Desk
from app.store.queries.unanswered import Unanswered, unanswered
from app.usecases.group_unanswered import QuestionGroup, group_unanswered
from app.usecases.sight import Sight, seen


def read_unanswered(desk: Desk, clinic_id: str, sight: Sight) -> list[Unanswered]:
    """The newest 500, newest first."""
    return [seen(one, sight, _no_field) for one in unanswered(desk.database, clinic_id)]


def read_question_groups(desk: Desk, clinic_id: str, sight: Sight) -> list[QuestionGroup]:
    """The same questions by meaning, the most asked first."""
    return [seen(one, sight, _no_field) for one in group_unanswered(desk, clinic_id)]


def _no_field(_name: str) -> str:
    return ""
