"""Runs migrations on the connection that ``agent.store.migrate`` opened."""

from alembic import context

from agent.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
