"""Payer rows, questions that staff have dealt with; where papers come from, their dates, and their footnotes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "payer_row",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("clinic_id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("all_plans", sa.Boolean(), nullable=False),
        sa.Column("except_plans", sa.JSON(), nullable=False),
        sa.Column("general", sa.Boolean(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("referral", sa.String(), nullable=True),
        sa.Column("prior_authorization", sa.String(), nullable=True),
        sa.Column("visit_limit", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("heading", sa.JSON(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("read_as", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"]),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"]),
        sa.ForeignKeyConstraint(["version_id"], ["document_version.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("clinic_id", "document_id", "version_id"):
        op.create_index(f"ix_payer_row_{column}", "payer_row", [column], unique=False)
    op.add_column("unanswered_question", sa.Column("done_at", sa.DateTime(), nullable=True))
    op.add_column(
        "unanswered_question", sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("'no_paper'"))
    )

    op.add_column("document", sa.Column("source_url", sa.String(), nullable=True))
    op.add_column("document", sa.Column("etag", sa.String(), nullable=True))
    op.add_column("document", sa.Column("last_modified", sa.String(), nullable=True))
    op.add_column("document", sa.Column("last_read_at", sa.DateTime(), nullable=True))
    op.add_column("document", sa.Column("reading_problem", sa.String(), nullable=True))
    op.add_column(
        "document_version", sa.Column("dates_by_hand", sa.Boolean(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("document_version", sa.Column("dated", sa.Date(), nullable=True))
    op.add_column("chunk", sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
