"""A conversation keeps what the visitor was told about the assistant when it began."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("disclosure", sa.String(), nullable=False, server_default=""))
    op.add_column("conversation", sa.Column("disclosure_version", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("conversation", "disclosure_version")
    op.drop_column("conversation", "disclosure")
