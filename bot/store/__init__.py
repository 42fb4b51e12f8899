"""The truth: tables and named queries in SQLAlchemy Core, one code path for every database."""
