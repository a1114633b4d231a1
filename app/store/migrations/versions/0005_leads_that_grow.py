"""A lead exists from the first phone number on, grows with its conversation, and may have more than one notice; links
with which a patient goes on elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NAMES = {"uq": "uq_%(table_name)s_%(column_0_N_name)s"}
"""The released constraint has no name; to take it away, batch mode must call it something."""

NEVER = "1970-01-01 00:00:00.000000"
"""SQLite wants a default for a column that must not be null. Making the table anew instead would break what refers to
it: foreign keys are checked, and cannot be switched off inside a transaction."""


def upgrade() -> None:
    op.add_column("lead", sa.Column("caller", sa.String(), nullable=False, server_default="patient"))
    op.add_column("lead", sa.Column("language", sa.String(), nullable=False, server_default="en"))
    op.add_column("lead", sa.Column("payer", sa.JSON(), nullable=True))
    op.add_column("lead", sa.Column("promised", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("lead", sa.Column("changes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("lead", sa.Column("updated_at", sa.DateTime(), nullable=False, server_default=NEVER))
    op.add_column("lead", sa.Column("submitted_at", sa.DateTime(), nullable=True))
    op.add_column("lead", sa.Column("urgent_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE lead SET updated_at = created_at")
    op.execute("UPDATE lead SET submitted_at = created_at WHERE status = 'complete'")
    op.execute("UPDATE lead SET urgent_at = created_at WHERE status = 'urgent'")

    with op.batch_alter_table("notice", naming_convention=NAMES) as notice:
        notice.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="complete"))
        notice.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        notice.drop_constraint("uq_notice_lead_id_destination", type_="unique")
        notice.create_unique_constraint("uq_notice_lead_id_destination_number", ["lead_id", "destination", "number"])
    op.execute("UPDATE notice SET kind = (SELECT status FROM lead WHERE lead.id = notice.lead_id)")

    op.create_table(
        "resume_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("clinic_id", "conversation_id"):
        op.create_index(f"ix_resume_link_{column}", "resume_link", [column], unique=False)
