"""Messages of a conversation are found by the index over (conversation_id, seq); the one over conversation_id alone
said the same once more, and was written with every message."""

from alembic import op

revision = "0018"
down_revision = "0017"

NAME = "ix_message_conversation_id"


def upgrade() -> None:
    op.drop_index(NAME, "message")


def downgrade() -> None:
    op.create_index(NAME, "message", ["conversation_id"], unique=False)
