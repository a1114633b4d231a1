"""Who may do what in a clinic: the whole table, in one place. What is not in it nobody may do."""

from enum import StrEnum


class Act(StrEnum):
    """What the staff's routes do; every route of a clinic names one."""

    READ_LEADS = "read leads"
    RETRY_NOTICES = "send notices again"
    SHARE_LINKS = "make a link for a patient"
    READ_PAPERS = "read the list of papers"
    CHANGE_PAPERS = "change papers"
    READ_PAYERS = "read payer rows"
    CHANGE_PAYERS = "publish and change payer rows"
    READ_ACTIONS = "read and try actions"
    CHANGE_ACTIONS = "publish and switch off actions"
    READ_UNANSWERED = "read unanswered questions"
    CLOSE_UNANSWERED = "close unanswered questions"
    READ_RULES = "read the rules"
    CHANGE_RULES = "change the rules"
    READ_DESTINATIONS = "read where notices go"
    CHANGE_DESTINATIONS = "change where notices go"
    READ_AUDIT = "read the audit"


_VIEWER = frozenset(
    {Act.READ_LEADS, Act.READ_PAPERS, Act.READ_PAYERS, Act.READ_ACTIONS, Act.READ_UNANSWERED, Act.READ_RULES}
)
_COORDINATOR = _VIEWER | {Act.RETRY_NOTICES, Act.SHARE_LINKS, Act.CLOSE_UNANSWERED}
_MANAGER = _COORDINATOR | {
    Act.CHANGE_PAPERS,
    Act.CHANGE_PAYERS,
    Act.CHANGE_ACTIONS,
    Act.CHANGE_RULES,
    Act.READ_DESTINATIONS,
    Act.CHANGE_DESTINATIONS,
    Act.READ_AUDIT,
}
POLICY: dict[str, frozenset[Act]] = {
    "viewer": _VIEWER,
    "coordinator": _COORDINATOR,
    "manager": _MANAGER,
    "owner": frozenset(Act),
}


def allowed(role: str, act: Act) -> bool:
    """Whether someone with this role may do this."""
    return act in POLICY.get(role, frozenset())
