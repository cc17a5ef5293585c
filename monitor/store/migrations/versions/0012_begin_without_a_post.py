"""Let incidents begin without a public post, on topics that the engine leaves alone."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('topics', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.String(), nullable=False, server_default='public'))
    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.alter_column('first_public_at', existing_type=sa.DateTime(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.alter_column('first_public_at', existing_type=sa.DateTime(), nullable=False)
    with op.batch_alter_table('topics', schema=None) as batch_op:
        batch_op.drop_column('origin')
