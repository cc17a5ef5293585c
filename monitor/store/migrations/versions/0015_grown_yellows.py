"""Keep from how many mentions on a yellow that waits for the morning is called at once."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('grows_at', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_runs_grows_at'), ['grows_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_runs_grows_at'))
        batch_op.drop_column('grows_at')
