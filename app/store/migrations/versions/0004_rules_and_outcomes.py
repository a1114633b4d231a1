"""Rules of a clinic in versions; what they made of each lead."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "rule_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clinic_id", "number"),
    )
    op.create_index("ix_rule_version_clinic_id", "rule_version", ["clinic_id"], unique=False)
    op.add_column("clinic", sa.Column("rules_version", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("lead", sa.Column("outcome", sa.String(), nullable=True))
    for column in ("reasons", "points"):
        op.add_column("lead", sa.Column(column, sa.JSON(), nullable=False, server_default="[]"))
    for column in ("patient_text", "facts"):
        op.add_column("lead", sa.Column(column, sa.JSON(), nullable=False, server_default="{}"))
    for column in ("score", "urgency"):
        op.add_column("lead", sa.Column(column, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("lead", sa.Column("rules_version", sa.Integer(), nullable=True))
