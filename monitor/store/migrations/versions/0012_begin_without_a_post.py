"""Let incidents begin without a public post, from calls, reports of colleagues or a person."""

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
    op.create_table('tips',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('tip_key', sa.String(), nullable=False),
    sa.Column('marks', sa.JSON(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('files', sa.Integer(), nullable=False),
    sa.Column('links', sa.Integer(), nullable=False),
    sa.Column('incident', sa.String(), nullable=True),
    sa.Column('evidence', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('tip_key')
    )
    with op.batch_alter_table('tips', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tips_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_tips_incident'), ['incident'], unique=False)


def downgrade() -> None:
    op.drop_table('tips')
    with op.batch_alter_table('incidents', schema=None) as batch_op:
        batch_op.alter_column('first_public_at', existing_type=sa.DateTime(), nullable=False)
    with op.batch_alter_table('topics', schema=None) as batch_op:
        batch_op.drop_column('origin')
