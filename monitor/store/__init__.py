"""What survives: tables, migrations and the queries the pipeline needs."""
