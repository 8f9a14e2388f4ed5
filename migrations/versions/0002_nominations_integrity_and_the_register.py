"""Nominations integrity and the register."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRIGGERS = (
    "CREATE TRIGGER integrity_record_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON integrity_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER nomination_step_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON nomination_step FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_given_within_held")
    op.execute("ALTER TABLE teacher DROP CONSTRAINT ck_teacher_state")
    op.create_table(
        "account_in_hand",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("cause in ('password','factor')", name=op.f("ck_account_in_hand_cause")),
        sa.CheckConstraint("user_id <> by_user_id", name=op.f("ck_account_in_hand_two_people")),
        sa.ForeignKeyConstraint(
            ["by_user_id"], ["app_user.id"], name=op.f("fk_account_in_hand_by_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_account_in_hand_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_in_hand")),
    )
    op.create_index(
        op.f("ix_account_in_hand_by_user_id"), "account_in_hand", ["by_user_id"], unique=False
    )
    op.create_index(
        "ix_account_in_hand_open",
        "account_in_hand",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
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
            ["user_id"], ["app_user.id"], name=op.f("fk_recovery_code_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "succession",
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("made_id", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint(
            "kind in ('membership','invitation','contact')", name=op.f("ck_succession_kind")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["organisation_event.id"], name=op.f("fk_succession_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
    )
    op.create_index(op.f("ix_succession_step_id"), "succession", ["step_id"], unique=False)
    op.create_table(
        "teacher_distinct",
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("two_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("said_by_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("one_id < two_id", name=op.f("ck_teacher_distinct_in_order")),
        sa.ForeignKeyConstraint(
            ["one_id"], ["teacher.id"], name=op.f("fk_teacher_distinct_one_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["two_id"], ["teacher.id"], name=op.f("fk_teacher_distinct_two_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_distinct")),
        sa.UniqueConstraint("one_id", "two_id", name=op.f("uq_teacher_distinct_one_id_two_id")),
    )
    op.create_index(
        op.f("ix_teacher_distinct_two_id"), "teacher_distinct", ["two_id"], unique=False
    )
    op.create_table(
        "teacher_education",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("qualification", sa.String(length=2), nullable=False),
        sa.Column("degree", sa.String(length=1), server_default="", nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("graduated_on", sa.Date(), nullable=True),
        sa.Column("institution", sa.String(length=60), server_default="", nullable=False),
        sa.Column("major", sa.String(length=60), server_default="", nullable=False),
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
        sa.CheckConstraint("degree in ('','2','3','4')", name=op.f("ck_teacher_education_degree")),
        sa.CheckConstraint(
            "kind in ('full_time','in_service')", name=op.f("ck_teacher_education_kind")
        ),
        sa.CheckConstraint(
            "qualification in ('10','20','30','40','60','90')",
            name=op.f("ck_teacher_education_qualification"),
        ),
        sa.CheckConstraint("graduated_on > entered_on", name=op.f("ck_teacher_education_dates")),
        sa.ForeignKeyConstraint(
            ["teacher_id"],
            ["teacher.id"],
            name=op.f("fk_teacher_education_teacher_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_education")),
        sa.UniqueConstraint(
            "teacher_id", "kind", name=op.f("uq_teacher_education_teacher_id_kind")
        ),
    )
    op.create_table(
        "teacher_honour",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=True),
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
            "(state = 'withdrawn') = (reason <> '')", name=op.f("ck_teacher_honour_reason")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_on is not null)",
            name=op.f("ck_teacher_honour_withdrawn_on"),
        ),
        sa.CheckConstraint(
            "kind in ('master_teacher','key_teacher','chief_teacher','subject_leader','special_grade','excellent_teacher','excellent_principal')",
            name=op.f("ck_teacher_honour_kind"),
        ),
        sa.CheckConstraint(
            "level in ('national','provincial','city','county')",
            name=op.f("ck_teacher_honour_level"),
        ),
        sa.CheckConstraint("state in ('active','withdrawn')", name=op.f("ck_teacher_honour_state")),
        sa.CheckConstraint("withdrawn_on >= awarded_on", name=op.f("ck_teacher_honour_dates")),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_honour_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_honour")),
    )
    op.create_index("ix_teacher_honour_teacher_id", "teacher_honour", ["teacher_id"], unique=False)
    op.create_index(
        "uq_teacher_honour_standing",
        "teacher_honour",
        ["teacher_id", "kind", "level", "name"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "nomination_copy",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
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
        sa.CheckConstraint("number > 0", name=op.f("ck_nomination_copy_number")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_nomination_copy_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_nomination_copy_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_copy")),
        sa.UniqueConstraint(
            "category_id",
            "organisation_id",
            "number",
            name=op.f("uq_nomination_copy_category_id_organisation_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_nomination_copy_organisation_id"),
        "nomination_copy",
        ["organisation_id"],
        unique=False,
    )
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
        "teacher_correction",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="proposed", nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
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
            "(state = 'proposed') = (decided_at is null)",
            name=op.f("ck_teacher_correction_decided"),
        ),
        sa.CheckConstraint(
            "state in ('proposed','confirmed','forwarded','declined','withdrawn')",
            name=op.f("ck_teacher_correction_state"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["teacher_event.id"], name=op.f("fk_teacher_correction_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_correction_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_correction")),
    )
    op.create_index(
        "ix_teacher_correction_teacher_id", "teacher_correction", ["teacher_id"], unique=False
    )
    op.create_index(
        "uq_teacher_correction_open",
        "teacher_correction",
        ["teacher_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "teacher_merge",
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("gone_id", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="merged", nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_by_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("state in ('merged','taken_back')", name=op.f("ck_teacher_merge_state")),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_teacher_merge_two_records")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["teacher_event.id"], name=op.f("fk_teacher_merge_event_id")
        ),
        sa.ForeignKeyConstraint(["gone_id"], ["teacher.id"], name=op.f("fk_teacher_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["teacher.id"], name=op.f("fk_teacher_merge_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_merge")),
    )
    op.create_index("ix_teacher_merge_kept_id", "teacher_merge", ["kept_id"], unique=False)
    op.create_index(
        "uq_teacher_merge_gone",
        "teacher_merge",
        ["gone_id"],
        unique=True,
        postgresql_where=sa.text("state = 'merged'"),
    )
    op.create_table(
        "teacher_transfer",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="asked", nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_for_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
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
            "(state = 'asked') = (decided_at is null)", name=op.f("ck_teacher_transfer_decided")
        ),
        sa.CheckConstraint(
            "(state in ('done','taken_back')) = (event_id is not null)",
            name=op.f("ck_teacher_transfer_done_with_event"),
        ),
        sa.CheckConstraint("side in ('giving','receiving')", name=op.f("ck_teacher_transfer_side")),
        sa.CheckConstraint(
            "state in ('asked','done','declined','withdrawn','taken_back')",
            name=op.f("ck_teacher_transfer_state"),
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_teacher_transfer_goes_somewhere")),
        sa.ForeignKeyConstraint(
            ["asked_for_id"], ["organisation.id"], name=op.f("fk_teacher_transfer_asked_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["teacher_event.id"], name=op.f("fk_teacher_transfer_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["organisation.id"], name=op.f("fk_teacher_transfer_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_transfer_teacher_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["organisation.id"], name=op.f("fk_teacher_transfer_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_transfer")),
    )
    op.create_index("ix_teacher_transfer_from_id", "teacher_transfer", ["from_id"], unique=False)
    op.create_index(
        "ix_teacher_transfer_teacher_id", "teacher_transfer", ["teacher_id"], unique=False
    )
    op.create_index("ix_teacher_transfer_to_id", "teacher_transfer", ["to_id"], unique=False)
    op.create_index(
        "uq_teacher_transfer_open",
        "teacher_transfer",
        ["teacher_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "ban",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="proposed", nullable=False),
        sa.Column("objection_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("training_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("notice_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("evidence_file_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("signed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.String(length=10), server_default="", nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("told_ending_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("(asked = '') = (asked_by_id is null)", name=op.f("ck_ban_asked_by")),
        sa.CheckConstraint(
            "(state in ('lifted','exempted','dismissed')) = (closed_at is not null)",
            name=op.f("ck_ban_closed"),
        ),
        sa.CheckConstraint(
            "asked = '' or (asked = 'lift') = (state = 'in_force')",
            name=op.f("ck_ban_asked_in_state"),
        ),
        sa.CheckConstraint("asked in ('','sign','dismiss','lift')", name=op.f("ck_ban_asked")),
        sa.CheckConstraint(
            "cause in ('no_show','expelled','not_completed')", name=op.f("ck_ban_cause")
        ),
        sa.CheckConstraint(
            "closed_at is null or closed_reason <> ''", name=op.f("ck_ban_closed_reason")
        ),
        sa.CheckConstraint(
            "state <> 'in_force' or (signed_by_id is not null and confirmed_by_id is not null and in_force_at is not null)",
            name=op.f("ck_ban_in_force_by_two"),
        ),
        sa.CheckConstraint(
            "state in ('proposed','in_force','lifted','exempted','dismissed')",
            name=op.f("ck_ban_state"),
        ),
        sa.CheckConstraint("ends_on > event_on", name=op.f("ck_ban_dates")),
        sa.CheckConstraint("signed_by_id <> confirmed_by_id", name=op.f("ck_ban_two_officers")),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"], ["stored_file.id"], name=op.f("fk_ban_evidence_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_ban_import_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ban_organisation_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_ban_plan_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_ban_project_id")),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=op.f("fk_ban_teacher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
    )
    op.create_index("ix_ban_end_order", "ban", ["ends_on", "id"], unique=False)
    op.create_index(op.f("ix_ban_import_run_id"), "ban", ["import_run_id"], unique=False)
    op.create_index(
        "ix_ban_live_teacher",
        "ban",
        ["teacher_id"],
        unique=False,
        postgresql_where=sa.text("state in ('proposed','in_force')"),
    )
    op.create_index("ix_ban_teacher_id", "ban", ["teacher_id"], unique=False)
    op.create_index(
        "uq_ban_live_event",
        "ban",
        ["teacher_id", "cause", "event_on"],
        unique=True,
        postgresql_where=sa.text("state in ('proposed','in_force')"),
    )
    op.create_table(
        "integrity_record",
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("ban_id", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=200), server_default="", nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("evidence_file_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'correction') = (corrects_id is not null)",
            name=op.f("ck_integrity_record_corrects"),
        ),
        sa.CheckConstraint(
            "kind in ('completed','not_completed','no_show','expelled','withdrawn_excused','forgery','circular','ban','ban_dismissed','ban_lifted','ban_exempted','ban_reopened','objection','correction')",
            name=op.f("ck_integrity_record_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["integrity_record.id"], name=op.f("fk_integrity_record_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"],
            ["stored_file.id"],
            name=op.f("fk_integrity_record_evidence_file_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_integrity_record_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_integrity_record_plan_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_integrity_record_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_integrity_record_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_record")),
    )
    op.create_index(
        "ix_integrity_record_teacher_order",
        "integrity_record",
        ["teacher_id", "on_date", "id"],
        unique=False,
    )
    op.create_table(
        "place_wish",
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("closed_by", sa.String(length=80), server_default="", nullable=False),
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
        sa.CheckConstraint("state in ('open','closed')", name=op.f("ck_place_wish_state")),
        sa.CheckConstraint("places > 0", name=op.f("ck_place_wish_places")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_place_wish_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["quota_sheet.id"], name=op.f("fk_place_wish_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_wish")),
    )
    op.create_index(op.f("ix_place_wish_project_id"), "place_wish", ["project_id"], unique=False)
    op.create_index(
        "uq_place_wish_open",
        "place_wish",
        ["sheet_id", "project_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "ban_objection",
        sa.Column("ban_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("on_behalf", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "evidence_file_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("verdict", sa.String(length=10), server_default="", nullable=False),
        sa.Column("decision_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("second_decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
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
            "(verdict = '') = (decided_by_id is null)", name=op.f("ck_ban_objection_decided_by")
        ),
        sa.CheckConstraint("kind in ('objection','exemption')", name=op.f("ck_ban_objection_kind")),
        sa.CheckConstraint(
            "state = 'open' or (state = verdict and second_decided_by_id is not null and decided_at is not null and decision_reason <> '')",
            name=op.f("ck_ban_objection_decided_by_two"),
        ),
        sa.CheckConstraint(
            "state in ('open','accepted','declined')", name=op.f("ck_ban_objection_state")
        ),
        sa.CheckConstraint(
            "verdict in ('','accepted','declined')", name=op.f("ck_ban_objection_verdict")
        ),
        sa.CheckConstraint(
            "decided_by_id <> second_decided_by_id", name=op.f("ck_ban_objection_two_officers")
        ),
        sa.ForeignKeyConstraint(["ban_id"], ["ban.id"], name=op.f("fk_ban_objection_ban_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban_objection")),
    )
    op.create_index("ix_ban_objection_ban_id", "ban_objection", ["ban_id"], unique=False)
    op.create_index(
        "uq_ban_objection_open",
        "ban_objection",
        ["ban_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
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
    op.drop_table("sign_in_failure")
    op.add_column(
        "app_user",
        sa.Column("factor_secret", sa.String(length=300), server_default="", nullable=False),
    )
    op.add_column("app_user", sa.Column("factor_on_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "app_user",
        sa.Column("factor_last_step", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column("quota", sa.Column("used", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "quota", sa.Column("green_used", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "teacher",
        sa.Column("native_place", sa.String(length=40), server_default="", nullable=False),
    )
    op.add_column("teacher", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.create_unique_constraint(op.f("uq_teacher_user_id"), "teacher", ["user_id"])
    op.create_foreign_key(op.f("fk_teacher_user_id"), "teacher", "app_user", ["user_id"], ["id"])
    op.add_column(
        "user_session",
        sa.Column("awaits_code", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "user_session",
        sa.Column(
            "confirmed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
    op.drop_index("uq_teacher_id_index", table_name="teacher")
    op.execute(
        "CREATE UNIQUE INDEX uq_teacher_id_index ON teacher (id_index) WHERE state not in ('merged','undone')"
    )
    op.drop_index("ix_quota_project", table_name="quota")
    op.execute("CREATE INDEX ix_quota_project ON quota (project_id)")
    op.execute(
        "ALTER TABLE quota ADD CONSTRAINT ck_quota_given_and_used_within_held CHECK (given >= 0 and used >= 0 and given + used <= held)"
    )
    op.execute("ALTER TABLE quota ADD CONSTRAINT ck_quota_green_used CHECK (green_used >= 0)")
    op.execute(
        "ALTER TABLE teacher ADD CONSTRAINT ck_teacher_state CHECK (state in ('active','left','merged','undone'))"
    )
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_given_and_used_within_held")
    op.execute("ALTER TABLE quota DROP CONSTRAINT ck_quota_green_used")
    op.execute("ALTER TABLE teacher DROP CONSTRAINT ck_teacher_state")
    op.drop_index("ix_quota_project", table_name="quota")
    op.drop_index("uq_teacher_id_index", table_name="teacher")
    op.drop_column("user_session", "confirmed_at")
    op.drop_column("user_session", "awaits_code")
    op.drop_constraint(op.f("fk_teacher_user_id"), "teacher", type_="foreignkey")
    op.drop_constraint(op.f("uq_teacher_user_id"), "teacher", type_="unique")
    op.drop_column("teacher", "user_id")
    op.drop_column("teacher", "native_place")
    op.drop_column("quota", "green_used")
    op.drop_column("quota", "used")
    op.drop_column("app_user", "factor_last_step")
    op.drop_column("app_user", "factor_on_at")
    op.drop_column("app_user", "factor_secret")
    op.create_table(
        "sign_in_failure",
        sa.Column("bucket", sa.VARCHAR(length=120), autoincrement=False, nullable=False),
        sa.Column(
            "window_start", postgresql.TIMESTAMP(timezone=True), autoincrement=False, nullable=False
        ),
        sa.Column(
            "count", sa.INTEGER(), server_default=sa.text("0"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.BIGINT(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
        sa.UniqueConstraint(
            "bucket",
            "window_start",
            name=op.f("uq_sign_in_failure_bucket_window_start"),
            postgresql_include=[],
            postgresql_nulls_not_distinct=False,
        ),
    )
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
    op.drop_index(
        "uq_ban_objection_open",
        table_name="ban_objection",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_ban_objection_ban_id", table_name="ban_objection")
    op.drop_table("ban_objection")
    op.drop_index(
        "uq_place_wish_open", table_name="place_wish", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(op.f("ix_place_wish_project_id"), table_name="place_wish")
    op.drop_table("place_wish")
    op.drop_index("ix_integrity_record_teacher_order", table_name="integrity_record")
    op.drop_table("integrity_record")
    op.drop_index(
        "uq_ban_live_event",
        table_name="ban",
        postgresql_where=sa.text("state in ('proposed','in_force')"),
    )
    op.drop_index("ix_ban_teacher_id", table_name="ban")
    op.drop_index(
        "ix_ban_live_teacher",
        table_name="ban",
        postgresql_where=sa.text("state in ('proposed','in_force')"),
    )
    op.drop_index(op.f("ix_ban_import_run_id"), table_name="ban")
    op.drop_index("ix_ban_end_order", table_name="ban")
    op.drop_table("ban")
    op.drop_index(
        "uq_teacher_transfer_open",
        table_name="teacher_transfer",
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.drop_index("ix_teacher_transfer_to_id", table_name="teacher_transfer")
    op.drop_index("ix_teacher_transfer_teacher_id", table_name="teacher_transfer")
    op.drop_index("ix_teacher_transfer_from_id", table_name="teacher_transfer")
    op.drop_table("teacher_transfer")
    op.drop_index(
        "uq_teacher_merge_gone",
        table_name="teacher_merge",
        postgresql_where=sa.text("state = 'merged'"),
    )
    op.drop_index("ix_teacher_merge_kept_id", table_name="teacher_merge")
    op.drop_table("teacher_merge")
    op.drop_index(
        "uq_teacher_correction_open",
        table_name="teacher_correction",
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.drop_index("ix_teacher_correction_teacher_id", table_name="teacher_correction")
    op.drop_table("teacher_correction")
    op.drop_index(op.f("ix_nomination_list_organisation_id"), table_name="nomination_list")
    op.drop_table("nomination_list")
    op.drop_index(op.f("ix_nomination_copy_organisation_id"), table_name="nomination_copy")
    op.drop_table("nomination_copy")
    op.drop_index(
        "uq_teacher_honour_standing",
        table_name="teacher_honour",
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index("ix_teacher_honour_teacher_id", table_name="teacher_honour")
    op.drop_table("teacher_honour")
    op.drop_table("teacher_education")
    op.drop_index(op.f("ix_teacher_distinct_two_id"), table_name="teacher_distinct")
    op.drop_table("teacher_distinct")
    op.drop_index(op.f("ix_succession_step_id"), table_name="succession")
    op.drop_table("succession")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(
        "ix_account_in_hand_open",
        table_name="account_in_hand",
        postgresql_where=sa.text("released_at is null"),
    )
    op.drop_index(op.f("ix_account_in_hand_by_user_id"), table_name="account_in_hand")
    op.drop_table("account_in_hand")
    op.execute(
        "CREATE UNIQUE INDEX uq_teacher_id_index ON teacher USING btree (id_index) WHERE ((state)::text <> 'merged'::text)"
    )
    op.execute(
        "CREATE INDEX ix_quota_project ON quota USING btree (project_id) INCLUDE (sheet_id, held, given)"
    )
    op.execute(
        "ALTER TABLE quota ADD CONSTRAINT ck_quota_given_within_held CHECK (((given >= 0) AND (given <= held)))"
    )
    op.execute(
        "ALTER TABLE teacher ADD CONSTRAINT ck_teacher_state CHECK (((state)::text = ANY ((ARRAY['active'::character varying, 'left'::character varying, 'merged'::character varying])::text[])))"
    )
