"""A version of a paper that holds from a later day waits beside the one in use. Notices of an emergency that wait are
marked as going ahead at every try."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

LIVE = "ix_document_version_live"


def upgrade() -> None:
    op.add_column("document_version", sa.Column("takes_over", sa.Date(), nullable=True))
    op.add_column("payer_row", sa.Column("missed_by", sa.String(), nullable=True))
    _take_over()
    op.execute(
        "UPDATE job SET payload = json_set(payload, '$.ahead', json('true'))"
        " WHERE state IN ('pending', 'held') AND (kind = 'alert' OR kind = 'deliver' AND EXISTS (SELECT 1 FROM notice"
        " WHERE notice.id = json_extract(job.payload, '$.notice_id') AND notice.kind = 'urgent'))"
    )
    op.create_index(LIVE, "document_version", ["document_id"], sqlite_where=sa.text("live IS 1"))


def _take_over() -> None:
    """By the clinic's calendar: with the day in UTC, a paper of the evening would be of tomorrow, and one that is
    uploaded in its place on that same evening would never be used."""
    connection = op.get_bind()
    live = connection.execute(
        sa.text(
            "SELECT version.id, version.created_at, version.effective_from, clinic.timezone FROM document_version"
            " AS version JOIN clinic ON clinic.id = version.clinic_id WHERE version.live"
        )
    ).all()
    for version_id, created_at, starts, timezone in live:
        uploaded = datetime.fromisoformat(created_at).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()
        day = max(uploaded.isoformat(), starts or "")
        connection.execute(
            sa.text("UPDATE document_version SET takes_over = :day WHERE id = :id"), {"day": day, "id": version_id}
        )


def downgrade() -> None:
    op.drop_index(LIVE, "document_version")
    op.drop_column("payer_row", "missed_by")
    op.drop_column("document_version", "takes_over")
