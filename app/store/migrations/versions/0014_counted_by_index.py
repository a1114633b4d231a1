"""What is counted or looked through again and again stands in indexes: figures, the inbox, silent conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

QUEUE = ["clinic_id", "outcome", "status", "urgency", "score", "created_at", "id", "caller", "repeat_of"]


def upgrade() -> None:
    silent = sa.text("swept_at IS NULL AND ended_at IS NULL")
    op.create_index("ix_conversation_silent", "conversation", ["last_message_at"], unique=False, sqlite_where=silent)
    sent = sa.text("submitted_at IS NOT NULL")
    op.create_index("ix_lead_sent", "lead", ["id", "submitted_at"], unique=False, sqlite_where=sent)
    op.create_index("ix_lead_queue", "lead", QUEUE, unique=False)
    op.create_index("ix_notice_state", "notice", ["state", "channel", "created_at"], unique=False)
    op.create_index("ix_notice_lead_id_state", "notice", ["lead_id", "state"], unique=False)
    op.drop_index("ix_notice_lead_id", "notice")


def downgrade() -> None:
    op.create_index("ix_notice_lead_id", "notice", ["lead_id"], unique=False)
    for name, table in (
        ("ix_notice_lead_id_state", "notice"),
        ("ix_notice_state", "notice"),
        ("ix_lead_queue", "lead"),
        ("ix_lead_sent", "lead"),
        ("ix_conversation_silent", "conversation"),
    ):
        op.drop_index(name, table)
