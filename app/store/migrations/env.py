"""Alembic's entry: runs on the connection that `store.schema` hands over."""

from alembic import context
from sqlmodel import SQLModel

import app.store.tables  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, transactional_ddl=True, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
