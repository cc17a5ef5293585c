"""Keep private records, sealed."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('private_records',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('record_key', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('author_key', sa.String(), nullable=True),
    sa.Column('happened_at', sa.DateTime(), nullable=False),
    sa.Column('stored_at', sa.DateTime(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('negative', sa.Boolean(), nullable=False),
    sa.Column('risk', sa.String(), nullable=True),
    sa.Column('model', sa.String(), nullable=True),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('platform', 'record_key')
    )
    with op.batch_alter_table('private_records', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_private_records_author_key'), ['author_key'], unique=False)
        batch_op.create_index('ix_private_records_brand', ['brand', 'happened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_private_records_stored_at'), ['stored_at'], unique=False)
        batch_op.create_index('ix_private_records_todo', ['state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_private_records_topic_id'), ['topic_id'], unique=False)


def downgrade() -> None:
    op.drop_table('private_records')
