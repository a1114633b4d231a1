"""The one door to a row that belongs to a clinic: a stranger gets NotFound, as if it were not there."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from app.errors import NotFound
from app.store.rows import run
from app.store.tables import Clinic

Row = TypeVar("Row", bound=SQLModel)


def clinic_by_site_key(session: Session, site_key: str) -> Clinic:
    """The clinic of a public site key. Raises NotFound."""
    found = session.exec(select(Clinic).where(Clinic.site_key == site_key)).first()
    if found is None:
        raise NotFound(f"There is no clinic with the site key {site_key!r}.")
    return found


def row_of(session: Session, table: type[Row], clinic_id: str, row_id: str) -> Row:
    """The row `row_id` of `table` if it belongs to the clinic. Raises NotFound otherwise."""
    row = session.get(table, row_id)
    if row is None or getattr(row, "clinic_id", None) != clinic_id:
        raise NotFound(f"There is no {table.__tablename__} {row_id!r}.")
    return row


def columns_of(session: Session, table: type[SQLModel], clinic_id: str, row_id: str) -> Any:
    """As `row_of`, for who only reads: the columns by their names, at a fraction of the cost."""
    row = run(session, _columns(table), row_id=row_id, of_clinic=clinic_id).first()
    if row is None:
        raise NotFound(f"There is no {table.__tablename__} {row_id!r}.")
    return row


@cache
def _columns(table: type[SQLModel]) -> Select[Any]:
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    mine = columns.c.clinic_id == bindparam("of_clinic")
    return select_columns(columns).where(columns.c.id == bindparam("row_id"), mine)
