"""How many requests each backfill has sent."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('backfills') as batch:
        batch.add_column(sa.Column('requests', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('backfills') as batch:
        batch.alter_column('requests', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('backfills') as batch:
        batch.drop_column('requests')
