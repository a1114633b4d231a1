"""People sign in with a second factor; what guessing costs is counted in the database; sessions say where they are."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    false = sa.text("0")
    op.add_column("staff", sa.Column("password_generated", sa.Boolean(), nullable=False, server_default=false))
    op.add_column("staff_session", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=false))
    op.add_column("staff_session", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.add_column("staff_session", sa.Column("agent", sa.String(), nullable=False, server_default=""))
    _second_factor()
    _recovery_code()
    _attempts()


def _second_factor() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("begun_in", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_second_factor_staff_id", "second_factor", ["staff_id"], unique=False)


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("ix_recovery_code_staff_id", "recovery_code", ["staff_id"], unique=False)


def _attempts() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "key"),
    )
    for column in ("key", "at"):
        op.create_index(f"ix_sign_in_attempt_{column}", "sign_in_attempt", [column], unique=False)
    op.create_table(
        "known_place",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("staff_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_known_place_staff_id", "known_place", ["staff_id"], unique=False)


def downgrade() -> None:
    for table in ("known_place", "sign_in_attempt", "recovery_code", "second_factor"):
        op.drop_table(table)
    for column in ("second_factor", "address", "agent"):
        op.drop_column("staff_session", column)
    op.drop_column("staff", "password_generated")
