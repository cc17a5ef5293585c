"""Note who holds a lease, what a recipient knows, and when waits and leases began.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = (
    "short", "mentions", "urgent", "held", "carried_by", "origin", "worker", "receipt",
)


def upgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("short", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("mentions", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("carried_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("origin", sa.Integer(), nullable=True))
        table.add_column(sa.Column("worker", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("receipt", sa.String(), nullable=False, server_default=""))
        table.create_index("ix_outbox_recipient", ["recipient", "sent_at"])
    op.execute("UPDATE outbox SET short = body")
    with op.batch_alter_table("attempts") as table:
        table.create_index("ix_attempts_channel", ["channel", "started_at"])
    with op.batch_alter_table("buckets") as table:
        table.drop_column("tokens")
    with op.batch_alter_table("runs") as table:
        table.add_column(
            sa.Column("paged_at", sa.DateTime(), nullable=False, server_default="1970-01-01 00:00:00")
        )
        table.create_index("ix_runs_paged_at", ["paged_at"])
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("leased_at", sa.DateTime(), nullable=True))
        table.create_index("ix_incidents_leased_at", ["leased_at"])


def downgrade() -> None:
    with op.batch_alter_table("incidents") as table:
        table.drop_index("ix_incidents_leased_at")
        table.drop_column("leased_at")
    with op.batch_alter_table("runs") as table:
        table.drop_index("ix_runs_paged_at")
        table.drop_column("paged_at")
    with op.batch_alter_table("buckets") as table:
        table.add_column(sa.Column("tokens", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("attempts") as table:
        table.drop_index("ix_attempts_channel")
    with op.batch_alter_table("outbox") as table:
        table.drop_index("ix_outbox_recipient")
        for name in COLUMNS:
            table.drop_column(name)
