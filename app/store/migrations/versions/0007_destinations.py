"""Notices go to destinations, which have rows of their own: the coordinator of each clinic is its first."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NAMES = {"uq": "uq_%(table_name)s_%(column_0_N_name)s"}


def upgrade() -> None:
    op.create_table(
        "destination",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=True),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("hears_all", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clinic_id", "channel", "address"),
    )
    op.create_index("ix_destination_clinic_id", "destination", ["clinic_id"], unique=False)
    _fill()
    op.add_column("notice", sa.Column("destination_id", sa.String(), nullable=True))
    op.execute(
        "UPDATE notice SET destination_id = (SELECT id FROM destination WHERE destination.channel = 'email'"
        " AND destination.clinic_id = notice.clinic_id AND destination.address = notice.destination)"
    )
    with op.batch_alter_table("notice", naming_convention=NAMES) as notice:
        notice.alter_column("destination_id", existing_type=sa.String(), nullable=False)
        notice.create_foreign_key("fk_notice_destination_id", "destination", ["destination_id"], ["id"])
        notice.drop_constraint("uq_notice_lead_id_destination_number", type_="unique")
        notice.create_unique_constraint("uq_notice_destination", ["lead_id", "destination_id", "number"])
        notice.create_index("ix_notice_destination_id", ["destination_id"])


def _fill() -> None:
    """A coordinator hears of everything. Other addresses stand in notices because an action named them; or belonged to
    a coordinator who left, and whoever left hears only of what was on its way."""
    connection = op.get_bind()
    clinics = connection.execute(sa.text("SELECT id, coordinator_email, created_at FROM clinic")).all()
    told = connection.execute(
        sa.text("SELECT clinic_id, destination, min(created_at) FROM notice GROUP BY clinic_id, destination")
    ).all()
    firsts = {(clinic, address) for clinic, address, _ in clinics}
    rows = [*((*row, True) for row in clinics), *((*row, False) for row in told if (row[0], row[1]) not in firsts)]
    for clinic, address, at, hears_all in rows:
        connection.execute(
            sa.text(
                "INSERT INTO destination (id, clinic_id, channel, address, fields, secrets, hears_all, active,"
                " created_at) VALUES (:id, :clinic, 'email', :address, 'null', '[]', :hears_all, 1, :at)"
            ),
            {"id": f"dest_{secrets.token_hex(16)}", "clinic": clinic, "address": address, "at": at}
            | {"hears_all": hears_all},
        )
