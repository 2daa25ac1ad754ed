"""Alembic's environment: the store hands over its connection; there is no configuration file."""

from alembic import context

from profiles.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
