"""build(settings) -> Running: the only place that names implementations."""

from dataclasses import dataclass
from pathlib import Path

from app.clock import system_clock
from app.desk import Desk
from app.jobs.queue import RetryPolicy
from app.jobs.worker import Handler, Lane, Worker
from app.settings import Settings
from app.store.crypto import open_keys
from app.store.schema import upgrade
from app.store.session import Database, check_key

DATABASE = "frontdesk.db"


@dataclass(frozen=True, slots=True)
class Running:
    """A desk, the worker that does its background jobs, and the path of a key file made just now, if any."""

    desk: Desk
    worker: Worker
    new_key_file: Path | None

    def close(self) -> None:
        """Stops the worker, then closes the database."""
        self.worker.stop()
        self.desk.database.close()


def build(settings: Settings) -> Running:
    """Opens the data folder (made if missing) and assembles the desk. Raises Misconfigured. The caller owns the
    folder's lock; nothing runs in the background until `worker.start()`."""
    path = settings.data_dir / DATABASE
    keys, new_key_file = open_keys(settings, database_exists=path.exists())
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(path, keys.derive("database"))
    check_key(database.engine, path)
    upgrade(database.engine)
    database.open()
    policy = RetryPolicy(
        settings.outbox_retry_base_s,
        settings.outbox_retry_cap_s,
        settings.outbox_horizon_h * 3600,
        settings.outbox_ambiguous_wait_s,
    )
    handlers: dict[str, Handler] = {}
    clock = system_clock(settings.clock_offset_s)
    worker = Worker(database, clock, handlers, [Lane(["deliver"], 4), Lane(["index"], 1)], policy)
    return Running(Desk(settings, clock, keys, database, worker.wake), worker, new_key_file)
