"""Jobs take routes, and a route that is down is probed; alerts tell people of what could not be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OPEN = sa.text("state IN ('pending', 'held')")
LEASED = sa.text("lease_holder IS NOT NULL")


def upgrade() -> None:
    op.add_column("job", sa.Column("route", sa.String(), nullable=True))
    op.add_column("job", sa.Column("not_before", sa.DateTime(), nullable=True))
    op.add_column("job", sa.Column("waits_for_route", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("job", sa.Column("set_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE job SET set_at = created_at")
    op.execute("UPDATE job SET route = 'email' WHERE kind = 'deliver'")  # nothing else went out before
    op.drop_index("ix_job_due_at", "job")
    op.drop_index("ix_job_state", "job")
    op.create_index("ix_job_open", "job", ["due_at"], unique=False, sqlite_where=OPEN)
    op.create_index("ix_job_leased", "job", ["lease_holder"], unique=False, sqlite_where=LEASED)
    op.create_index("ix_job_route", "job", ["route", "state"], unique=False)
    op.create_table(
        "failing_route",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("probe_at", sa.DateTime(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("setup", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("destination_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_outage_route", "outage", ["route"], unique=False)
