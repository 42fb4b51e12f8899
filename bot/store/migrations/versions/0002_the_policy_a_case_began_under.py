"""The policy a case began under."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policy_version", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("region", sa.Text(), server_default="", nullable=False))
