"""What is usual: the detector's memory of each brand and risk code."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('baselines',
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('streams', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('brand', 'code')
    )


def downgrade() -> None:
    op.drop_table('baselines')
