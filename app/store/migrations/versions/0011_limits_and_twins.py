"""A request that is sent twice is linked to the first one, which is found by a keyed hash of the contact."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("lead", sa.Column("contact_index", sa.String(), nullable=True))
    op.add_column("lead", sa.Column("repeat_of", sa.String(), nullable=True))
    op.create_index("ix_lead_clinic_id_contact_index", "lead", ["clinic_id", "contact_index"], unique=False)
    op.create_index("ix_lead_repeat_of", "lead", ["repeat_of"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lead_repeat_of", "lead")
    op.drop_index("ix_lead_clinic_id_contact_index", "lead")
    op.drop_column("lead", "repeat_of")
    op.drop_column("lead", "contact_index")
