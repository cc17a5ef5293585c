"""Strands of topics, what mentions are about, and people's merges and splits."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('brand_mentions') as batch:
        batch.add_column(sa.Column('strand', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('brand_mentions') as batch:
        batch.alter_column('strand', server_default=None)
        batch.create_index('ix_brand_mentions_strand', ['brand', 'strand'], unique=False)
    with op.batch_alter_table('topics') as batch:
        batch.add_column(sa.Column('has_case', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('topics') as batch:
        batch.alter_column('has_case', server_default=None)
    op.create_table('regroupings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('mentions', sa.JSON(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by', sa.String(), nullable=True),
    sa.Column('undone_reason', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('brand', 'topic_id', 'other_id'):
        op.create_index(f'ix_regroupings_{column}', 'regroupings', [column], unique=False)
    with op.batch_alter_table('brand_mentions') as batch:
        batch.add_column(sa.Column('about', sa.String(), nullable=True))
        batch.add_column(sa.Column('stance', sa.String(), nullable=False, server_default='none'))
    with op.batch_alter_table('brand_mentions') as batch:
        batch.alter_column('stance', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('brand_mentions') as batch:
        batch.drop_column('stance')
        batch.drop_column('about')
    for column in ('other_id', 'topic_id', 'brand'):
        op.drop_index(f'ix_regroupings_{column}', table_name='regroupings')
    op.drop_table('regroupings')
    with op.batch_alter_table('topics') as batch:
        batch.drop_column('has_case')
    with op.batch_alter_table('brand_mentions') as batch:
        batch.drop_index('ix_brand_mentions_strand')
        batch.drop_column('strand')
