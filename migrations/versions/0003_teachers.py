"""Teachers: the register, and each teacher's history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _words(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), server_default="", nullable=False)


def _flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _moment(name: str) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "teacher",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_key", sa.String(60), nullable=False),
        sa.Column("search_key", sa.String(300), nullable=False),
        sa.Column("id_number", sa.String(200), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(1), nullable=False),
        _words("phone", 200),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        _words("stage", 20),
        _words("subject", 40),
        _words("title", 40),
        _words("post", 40),
        _flag("is_head"),
        _flag("is_class_teacher"),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("teaching_since", sa.Date(), nullable=True),
        sa.Column("status", sa.String(20), server_default="in_service", nullable=False),
        _words("ethnic_code", 2),
        _words("political_code", 2),
        sa.Column("sources", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(10), server_default="active", nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state in ('active','left','merged')", name=op.f("ck_teacher_state")),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id is not null)",
            name=op.f("ck_teacher_merged_into"),
        ),
        sa.CheckConstraint("id <> merged_into_id", name=op.f("ck_teacher_not_into_itself")),
        sa.CheckConstraint(
            "(state = 'left') = (left_on is not null)", name=op.f("ck_teacher_left_on")
        ),
        sa.CheckConstraint("sex in ('0','1','2','9')", name=op.f("ck_teacher_sex")),
        sa.CheckConstraint(
            "stage in ('','preschool','primary','junior','senior','special','vocational')",
            name=op.f("ck_teacher_stage"),
        ),
        sa.CheckConstraint(
            "title in ('','senior_full','senior_associate','first_grade','second_grade',"
            "'third_grade','ungraded')",
            name=op.f("ck_teacher_title"),
        ),
        sa.CheckConstraint(
            "status in ('in_service','on_leave','seconded','studying','waiting','retired')",
            name=op.f("ck_teacher_status"),
        ),
        sa.CheckConstraint("octet_length(id_index) = 32", name=op.f("ck_teacher_id_index")),
        sa.CheckConstraint("id_number like 'v1:%'", name=op.f("ck_teacher_id_number_sealed")),
        sa.CheckConstraint(
            "phone = '' or phone like 'v1:%'", name=op.f("ck_teacher_phone_sealed")
        ),
        sa.CheckConstraint(
            "(phone = '') = (phone_index is null)", name=op.f("ck_teacher_phone_index")
        ),
        sa.CheckConstraint(
            "since > birth_on and teaching_since > birth_on", name=op.f("ck_teacher_times")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_teacher_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["teacher.id"], name=op.f("fk_teacher_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher")),
        sa.UniqueConstraint("uuid", name=op.f("uq_teacher_uuid")),
    )
    op.create_index(
        "uq_teacher_id_index",
        "teacher",
        ["id_index"],
        unique=True,
        postgresql_where=sa.text("state <> 'merged'"),
    )
    op.create_index("ix_teacher_phone_index", "teacher", ["phone_index"])
    op.create_index("ix_teacher_search_order", "teacher", ["search_key", "id"])
    op.create_index("ix_teacher_school_order", "teacher", ["organisation_id", "search_key", "id"])
    op.create_index("ix_teacher_name_key", "teacher", ["name_key"])
    op.create_index(op.f("ix_teacher_merged_into_id"), "teacher", ["merged_into_id"])
    op.create_table(
        "teacher_event",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        _words("reason", 500),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_event_teacher_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_teacher_event_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_teacher_event_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["teacher_event.id"], name=op.f("fk_teacher_event_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_event")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_teacher_event_undoes_id")),
    )
    op.create_index("ix_teacher_event_teacher_id", "teacher_event", ["teacher_id", "id"])
    op.create_index(op.f("ix_teacher_event_run_id"), "teacher_event", ["run_id"])


def downgrade() -> None:
    """Take both tables away."""
    op.drop_table("teacher_event")
    op.drop_table("teacher")
