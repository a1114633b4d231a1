"""Each kind of caller has a lane: what the desk says first, and which action takes down what they want. Pure."""

from app.dialogue import moves as m
from app.dialogue.state import ActionStatus, Caller, State

NOT_PATIENTS = (Caller.VENDOR, Caller.JOB_SEEKER, Caller.WRONG_NUMBER)
_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_LANES = {
    Caller.EXISTING_PATIENT: "callback",
    Caller.PROVIDER_OFFICE: "referral",
    Caller.VENDOR: "callback",
    Caller.JOB_SEEKER: "callback",
}
_SHIPPED = ("referral", "callback", "appointment_request")
_MORE_CERTAIN = (Caller.PATIENT, Caller.EXISTING_PATIENT, Caller.CAREGIVER, Caller.PROVIDER_OFFICE)


def believed(state: State, told: Caller) -> Caller:
    """Who is asking after `told` was heard. A form under way is a patient's, whatever is said in passing, unless an
    office or a caregiver says so; who said more about themselves is not taken for less."""
    known = state.caller
    if told in NOT_PATIENTS:
        return known if state.status in _OPEN and state.slots else told
    if known in NOT_PATIENTS:
        return told
    return max(known, told, key=_MORE_CERTAIN.index)


def first_word(caller: Caller) -> m.Lane | None:
    """What is said to a caller who is no patient, once."""
    return m.Lane(caller) if caller in (*NOT_PATIENTS, Caller.EXISTING_PATIENT, Caller.PROVIDER_OFFICE) else None


def speaks_for_itself(name: str | None) -> bool:
    """Whether the action is the clinic's own: then its first words say what the desk does, and the lane's, which tell
    a patient that nothing can be done about records or bills here, would take them back."""
    return name is not None and name not in _SHIPPED


def action_for(caller: Caller) -> str | None:
    """The action that takes down what this caller wants, where the message itself names none."""
    return _LANES.get(caller)


def for_action(state: State, name: str) -> State:
    """The state as the action begins: who wants another one than their lane's is a patient after all, and what the
    lane took down is not why they come."""
    if state.caller not in NOT_PATIENTS or name == action_for(state.caller):
        return state
    kept = {slot: value for slot, value in state.slots.items() if slot != "reason"}
    return state.with_(caller=Caller.PATIENT, slots=kept)
