"""A new database as the migrations make it, without running them all again for each of some hundred installs: the first
one of a process is migrated, the others get its tables. What the migrations do is the subject of `tests/store`."""

import os

from sqlalchemy import Engine, text

from app.store import schema

TABLES = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC"
_migrate = schema.upgrade
_made: list[str] = []


def install() -> None:
    """From now on in this process."""
    schema.upgrade = upgrade


def upgrade(engine: Engine) -> bool:
    """As `schema.upgrade`, for any engine."""
    if _made and schema.current(engine) is None and not _is_the_subject():
        try:
            with engine.begin() as connection:
                for statement in _made:
                    connection.exec_driver_sql(statement)
                connection.execute(text("INSERT INTO alembic_version VALUES (:head)").bindparams(head=schema.HEAD))
        except Exception:
            return _migrate(engine)  # which fails in the product's own words
        return True
    was_new = schema.current(engine) is None
    done = _migrate(engine)
    if was_new and done:
        _remember(engine)
    return done


def _is_the_subject() -> bool:
    return os.environ.get("PYTEST_CURRENT_TEST", "").startswith("tests/store/")


def _remember(engine: Engine) -> None:
    with engine.connect() as connection:
        found = [str(sql) for sql in connection.execute(text(TABLES)).scalars()]
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        own = [name for name in names if not name.startswith("sqlite_") and name != "alembic_version"]
        filled = [name for name in own if connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()]
    if not filled:  # rows that a migration makes would be missing
        _made.extend(found)
