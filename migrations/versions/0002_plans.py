"""Plans: publication metadata, versions of the rulebook, reasons, uses, notices that wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EMPTY_TEXT = {"server_default": "", "nullable": False}

PLAN_STATES = "'draft','issuing','issued','running','closing','archived'"
NOTICE_STATES = "'draft','submitted','in_force','withdrawn'"


def _check(table: str, name: str, condition: str) -> None:
    """Replace a CHECK, or make it."""
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def upgrade() -> None:
    """Add the columns, the table and the checks."""
    op.add_column(
        "rulebook_edition",
        sa.Column("changes", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.add_column(
        "rulebook_edition", sa.Column("uses", sa.Integer(), server_default="0", nullable=False)
    )
    _check(
        "rulebook_edition",
        "two_persons",
        "state <> 'released' or (released_at is not null "
        "and released_by_id is distinct from made_by_id "
        "and released_by_id is distinct from submitted_by_id)",
    )
    _check("rulebook_edition", "uses", "uses >= 0")
    op.add_column("plan", sa.Column("index_number", sa.String(80), **EMPTY_TEXT))
    op.add_column("plan", sa.Column("keywords", sa.String(200), **EMPTY_TEXT))
    op.add_column(
        "plan", sa.Column("publicity", sa.String(10), server_default="public", nullable=False)
    )
    op.add_column("plan", sa.Column("submit_reason", sa.String(500), **EMPTY_TEXT))
    op.add_column("plan", sa.Column("return_reason", sa.String(500), **EMPTY_TEXT))
    op.add_column(
        "plan", sa.Column("in_use", sa.Boolean(), server_default="false", nullable=False)
    )
    _check("plan", "state", f"state in ({PLAN_STATES},'discarded')")
    _check(
        "plan",
        "issued_by_two",
        "state in ('draft','issuing','discarded') or (issued_at is not null and doc_number <> '' "
        "and issued_by_id is distinct from prepared_by_id)",
    )
    _check("plan", "publicity", "publicity in ('public','on_request','internal')")
    op.add_column("window_extension", sa.Column("withdrawn_reason", sa.String(500), **EMPTY_TEXT))
    op.add_column("supplementary_notice", sa.Column("return_reason", sa.String(500), **EMPTY_TEXT))
    op.add_column(
        "supplementary_notice",
        sa.Column("moved", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    _check("supplementary_notice", "state", "state in ('draft','submitted','approved','in_force','withdrawn')")
    _check(
        "supplementary_notice",
        "two_persons",
        "state not in ('approved','in_force') or approved_by_id is distinct from prepared_by_id",
    )
    _check(
        "supplementary_notice", "in_force_at", "state <> 'in_force' or in_force_at is not null"
    )
    op.create_table(
        "plan_rulebook_version",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(500), **EMPTY_TEXT),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["supplementary_notice.id"],
            name=op.f("fk_plan_rulebook_version_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_rulebook_version_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_rulebook_version")),
        sa.UniqueConstraint(
            "plan_id", "version", name=op.f("uq_plan_rulebook_version_plan_id_version")
        ),
    )
    op.create_index(
        op.f("ix_plan_rulebook_version_plan_id"), "plan_rulebook_version", ["plan_id"]
    )


def downgrade() -> None:
    """Take everything back; states that did not exist become the ones they came from."""
    op.drop_table("plan_rulebook_version")
    op.drop_constraint(op.f("ck_supplementary_notice_in_force_at"), "supplementary_notice")
    op.execute("UPDATE supplementary_notice SET state = 'submitted' WHERE state = 'approved'")
    _check("supplementary_notice", "state", f"state in ({NOTICE_STATES})")
    _check(
        "supplementary_notice",
        "two_persons",
        "state <> 'in_force' or approved_by_id is distinct from prepared_by_id",
    )
    op.drop_column("supplementary_notice", "moved")
    op.drop_column("supplementary_notice", "return_reason")
    op.drop_column("window_extension", "withdrawn_reason")
    op.drop_constraint(op.f("ck_plan_publicity"), "plan")
    op.execute("UPDATE plan SET state = 'draft' WHERE state = 'discarded'")
    _check("plan", "state", f"state in ({PLAN_STATES})")
    _check(
        "plan",
        "issued_by_two",
        "state in ('draft','issuing') or (issued_at is not null and doc_number <> '' "
        "and issued_by_id is distinct from prepared_by_id)",
    )
    for column in (
        "in_use",
        "return_reason",
        "submit_reason",
        "publicity",
        "keywords",
        "index_number",
    ):
        op.drop_column("plan", column)
    op.drop_constraint(op.f("ck_rulebook_edition_uses"), "rulebook_edition")
    _check(
        "rulebook_edition",
        "two_persons",
        "state <> 'released' or released_by_id is distinct from made_by_id",
    )
    op.drop_column("rulebook_edition", "uses")
    op.drop_column("rulebook_edition", "changes")
