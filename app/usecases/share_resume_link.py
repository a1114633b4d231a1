"""share_resume_link: staff make a link for a patient who stopped half-way, to hand it to them on the phone."""

from app.desk import Desk
from app.errors import Invalid
from app.store.access import row_of
from app.store.audit import Actor
from app.store.queries.clinics import clinic_of_id
from app.store.tables import Conversation, Lead
from app.usecases.resume_link import Link, make_resume_link


def share_resume_link(desk: Desk, clinic_id: str, lead_id: str, client_id: str, actor: Actor) -> Link:
    """A link to the conversation of the lead. Raises NotFound for another clinic's lead, Invalid where there is
    nothing to go on with: it was sent, or the chat is over."""
    with desk.database.read() as session:
        lead, clinic = row_of(session, Lead, clinic_id, lead_id), clinic_of_id(session, clinic_id)
        talk = session.get_one(Conversation, lead.conversation_id)
        sent, over, conversation_id = lead.submitted_at is not None, talk.ended_at is not None, talk.id
    if sent:
        raise Invalid("This request was sent: there is nothing to go on with.", "Call the patient.")
    if over:
        raise Invalid("The patient has closed this chat.", "Call the patient.")
    return make_resume_link(desk, clinic, conversation_id, client_id, actor)
