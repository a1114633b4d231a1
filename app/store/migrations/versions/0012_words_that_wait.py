"""Words that wait for their reply are found without a look at every message ever sent."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    waiting = sa.text("author = 'patient' AND turn_id IS NULL")
    op.create_index("ix_message_waiting", "message", ["conversation_id"], unique=False, sqlite_where=waiting)


def downgrade() -> None:
    op.drop_index("ix_message_waiting", "message")
