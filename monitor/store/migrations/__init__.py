"""Alembic migrations; the files in versions/ are generated and then only read."""
