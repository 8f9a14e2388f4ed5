"""Nominations integrity and the register."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRIGGERS = (
    "CREATE TRIGGER nomination_step_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON nomination_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_given_within_held")
    op.create_table(
        "nomination_list",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=10), server_default="regular", nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="submitted", nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("needs_stamp", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("paper_id", sa.BigInteger(), nullable=True),
        sa.Column("stamped_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
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
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "channel in ('regular','green')", name=op.f("ck_nomination_list_channel")
        ),
        sa.CheckConstraint(
            "state <> 'stamped' or stamped_id is not null", name=op.f("ck_nomination_list_stamped")
        ),
        sa.CheckConstraint(
            "state in ('submitted','stamped','confirmed','returned','withdrawn')",
            name=op.f("ck_nomination_list_state"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_nomination_list_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_nomination_list_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["paper.id"], name=op.f("fk_nomination_list_paper_id")
        ),
        sa.ForeignKeyConstraint(
            ["stamped_id"], ["stored_file.id"], name=op.f("fk_nomination_list_stamped_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_list")),
        sa.UniqueConstraint(
            "category_id",
            "organisation_id",
            "number",
            name=op.f("uq_nomination_list_category_id_organisation_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_nomination_list_organisation_id"),
        "nomination_list",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "nomination",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=False),
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("school_id", sa.BigInteger(), nullable=False),
        sa.Column("nominator_id", sa.BigInteger(), nullable=False),
        sa.Column("quota_path", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=10), server_default="regular", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="draft", nullable=False),
        sa.Column("waits_at_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column(
            "warnings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("grounds", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("apart", postgresql.DATERANGE(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        sa.Column("import_run_id", sa.BigInteger(), nullable=True),
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
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(teacher_id, teacher_id, '[]')"), "&&"),
            (sa.column("apart"), "&&"),
            where=sa.text(
                "apart is not null and state in ('draft','returned','school_confirmed','county_approved','city_submitted','green_pending','green_approved','province_confirmed')"
            ),
            using="gist",
            name="ex_nomination_at_once",
        ),
        sa.CheckConstraint(
            "(waits_at_id is not null) = (state in ('draft','returned','school_confirmed','county_approved','city_submitted','green_pending','green_approved','province_confirmed') and state <> 'province_confirmed')",
            name=op.f("ck_nomination_waits_somewhere"),
        ),
        sa.CheckConstraint(
            "channel = 'green' or state not in ('green_pending','green_approved')",
            name=op.f("ck_nomination_green_states"),
        ),
        sa.CheckConstraint("channel in ('regular','green')", name=op.f("ck_nomination_channel")),
        sa.CheckConstraint(
            "state in ('draft','returned','school_confirmed','county_approved','city_submitted','green_pending','green_approved','province_confirmed','refused','withdrawn','replaced','released')",
            name=op.f("ck_nomination_state"),
        ),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_nomination_not_itself")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_nomination_category_id")
        ),
        sa.ForeignKeyConstraint(["cell_id"], ["quota.id"], name=op.f("fk_nomination_cell_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["stored_file.id"], name=op.f("fk_nomination_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_nomination_import_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["nomination_list.id"], name=op.f("fk_nomination_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["nominator_id"], ["organisation.id"], name=op.f("fk_nomination_nominator_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_nomination_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["nomination.id"], name=op.f("fk_nomination_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_nomination_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_nomination_teacher_id")
        ),
        sa.ForeignKeyConstraint(
            ["waits_at_id"], ["organisation.id"], name=op.f("fk_nomination_waits_at_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("code", name=op.f("uq_nomination_code")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_nomination_replaces_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_nomination_uuid")),
    )
    op.create_index("ix_nomination_cell", "nomination", ["cell_id", "state"], unique=False)
    op.create_index("ix_nomination_list", "nomination", ["list_id"], unique=False)
    op.create_index(
        "ix_nomination_project", "nomination", ["project_id", "state", "nominator_id"], unique=False
    )
    op.create_index(
        "ix_nomination_quota_path",
        "nomination",
        ["category_id", "quota_path", "id"],
        unique=False,
        postgresql_ops={"quota_path": "text_pattern_ops"},
    )
    op.create_index("ix_nomination_run", "nomination", ["import_run_id"], unique=False)
    op.create_index("ix_nomination_school", "nomination", ["school_id"], unique=False)
    op.create_index(
        "ix_nomination_sums",
        "nomination",
        ["category_id", "quota_path"],
        unique=False,
        postgresql_ops={"quota_path": "text_pattern_ops"},
        postgresql_include=["state", "channel", "waits_at_id", "nominator_id", "project_id"],
    )
    op.create_index(
        "ix_nomination_waits", "nomination", ["waits_at_id", "category_id", "id"], unique=False
    )
    op.create_index(
        "uq_nomination_teacher",
        "nomination",
        ["teacher_id", "project_id"],
        unique=True,
        postgresql_where=sa.text(
            "state in ('draft','returned','school_confirmed','county_approved','city_submitted','green_pending','green_approved','province_confirmed')"
        ),
    )
    op.create_table(
        "nomination_step",
        sa.Column("nomination_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=20), server_default="", nullable=False),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_step_nomination_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_nomination_step_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_step")),
    )
    op.create_index(
        "ix_nomination_step_nomination", "nomination_step", ["nomination_id", "id"], unique=False
    )
    op.add_column("quota", sa.Column("used", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "quota", sa.Column("green_used", sa.Integer(), server_default="0", nullable=False)
    )
    op.drop_index("ix_quota_project", table_name="quota")
    op.execute(
        "CREATE INDEX ix_quota_project ON quota USING btree (project_id) INCLUDE (sheet_id, held, given, used)"
    )
    op.execute(
        "ALTER TABLE quota ADD CONSTRAINT ck_quota_given_and_used_within_held CHECK (((given >= 0) AND (used >= 0) AND ((given + used) <= held)))"
    )
    op.execute("ALTER TABLE quota ADD CONSTRAINT ck_quota_green_used CHECK ((green_used >= 0))")
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_given_and_used_within_held")
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_green_used")
    op.drop_index("ix_quota_project", table_name="quota")
    op.drop_column("quota", "green_used")
    op.drop_column("quota", "used")
    op.drop_index("ix_nomination_step_nomination", table_name="nomination_step")
    op.drop_table("nomination_step")
    op.drop_index(
        "uq_nomination_teacher",
        table_name="nomination",
        postgresql_where=sa.text(
            "state in ('draft','returned','school_confirmed','county_approved','city_submitted','green_pending','green_approved','province_confirmed')"
        ),
    )
    op.drop_index("ix_nomination_waits", table_name="nomination")
    op.drop_index(
        "ix_nomination_sums",
        table_name="nomination",
        postgresql_ops={"quota_path": "text_pattern_ops"},
        postgresql_include=["state", "channel", "waits_at_id", "nominator_id", "project_id"],
    )
    op.drop_index("ix_nomination_school", table_name="nomination")
    op.drop_index("ix_nomination_run", table_name="nomination")
    op.drop_index(
        "ix_nomination_quota_path",
        table_name="nomination",
        postgresql_ops={"quota_path": "text_pattern_ops"},
    )
    op.drop_index("ix_nomination_project", table_name="nomination")
    op.drop_index("ix_nomination_list", table_name="nomination")
    op.drop_index("ix_nomination_cell", table_name="nomination")
    op.drop_table("nomination")
    op.drop_index(op.f("ix_nomination_list_organisation_id"), table_name="nomination_list")
    op.drop_table("nomination_list")
    op.execute(
        "CREATE INDEX ix_quota_project ON quota USING btree (project_id) INCLUDE (sheet_id, held, given)"
    )
    op.execute(
        "ALTER TABLE quota ADD CONSTRAINT ck_quota_given_within_held CHECK (((given >= 0) AND (given <= held)))"
    )
