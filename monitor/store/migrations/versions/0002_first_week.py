"""Trials, and how far back each source has been read."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('trials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('ended_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('backfills',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('query', sa.String(), nullable=False),
    sa.Column('begin', sa.DateTime(), nullable=False),
    sa.Column('end', sa.DateTime(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_backfills_source', 'backfills', ['source', 'query'], unique=False)
    with op.batch_alter_table('outbox') as batch:
        batch.add_column(sa.Column('meant_for', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('outbox') as batch:
        batch.alter_column('meant_for', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('outbox') as batch:
        batch.drop_column('meant_for')
    op.drop_index('ix_backfills_source', table_name='backfills')
    op.drop_table('backfills')
    op.drop_table('trials')
