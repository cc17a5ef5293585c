"""Swaps that people typed, and hand-overs of duty."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('swaps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('begin', sa.DateTime(), nullable=False),
    sa.Column('end', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('cancelled_by', sa.String(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_swaps_end'), 'swaps', ['end'], unique=False)
    op.create_table('handovers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('turned_at', sa.DateTime(), nullable=False),
    sa.Column('outgoing', sa.JSON(), nullable=False),
    sa.Column('incoming', sa.JSON(), nullable=False),
    sa.Column('sheet', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('signed_by', sa.String(), nullable=True),
    sa.Column('signed_at', sa.DateTime(), nullable=True),
    sa.Column('accepted_by', sa.String(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('level', 'turned_at')
    )
    op.create_index(op.f('ix_handovers_accepted_at'), 'handovers', ['accepted_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_handovers_accepted_at'), table_name='handovers')
    op.drop_table('handovers')
    op.drop_index(op.f('ix_swaps_end'), table_name='swaps')
    op.drop_table('swaps')
