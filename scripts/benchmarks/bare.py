"""The least that one could build with the same framework: Litestar and SQLModel, one table, health, one write.

Frontdesk's figures stand beside this application's, so that they say something on any machine.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, get, post
from litestar.params import JSONBody
from pydantic import BaseModel
from sqlalchemy import Engine, event
from sqlmodel import Field, Session, SQLModel, create_engine


class Note(SQLModel, table=True):
    """What was said."""

    id: int | None = Field(default=None, primary_key=True)
    text: str


class NoteIn(BaseModel):
    """A note as it is sent."""

    text: str


def _engine() -> Engine:
    engine = create_engine(f"sqlite:///{os.environ['BARE_DATABASE']}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _durable(connection, _record) -> None:  # type: ignore[no-untyped-def] # as durable as Frontdesk's writes
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    return engine


engine = _engine()


@asynccontextmanager
async def _lifespan(_: Litestar) -> AsyncIterator[None]:
    SQLModel.metadata.create_all(engine)
    yield


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@post("/notes", sync_to_thread=True)
def add(data: JSONBody[NoteIn]) -> dict[str, int | None]:
    """Writes one row."""
    with Session(engine) as session:
        note = Note(text=data.text)
        session.add(note)
        session.commit()
        return {"id": note.id}


app = Litestar([healthz, add], lifespan=[_lifespan], logging_config=None)
