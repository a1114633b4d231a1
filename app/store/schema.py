"""Brings the database to the newest schema at start; imports Alembic only when there is something to do."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from app.errors import Misconfigured, describe

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0018"


def current(engine: Engine) -> str | None:
    """The revision that the database has, None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(engine: Engine) -> bool:
    """Migrates to HEAD in one transaction. Returns whether anything was done. Raises Misconfigured for a database
    that a newer Frontdesk made."""
    found = current(engine)
    if found == HEAD:
        return False
    refuse_newer(found)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except Exception as problem:
        raise Misconfigured(
            f"The upgrade of the database from {found or 'nothing'} to {HEAD} failed ({describe(problem)}); nothing "
            "was changed.",
            "Look at disk space, or go on with the version before.",
        ) from problem
    return True


def refuse_newer(found: str | None) -> None:
    """Raises Misconfigured for a schema that this program does not know."""
    if found is not None and found > HEAD:
        raise Misconfigured(
            f"The database has schema {found!r}, newer than this Frontdesk ({HEAD!r}).", "Install the newer version."
        )
