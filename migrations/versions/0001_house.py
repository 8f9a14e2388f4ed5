"""The house: every table of the first release, its checks, append-only triggers, the queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTIONS = (
    r"""CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $function$
""",
)

TRIGGERS = (
    "CREATE TRIGGER journal_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON journal_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER journal_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON journal_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER quota_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON quota_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)

#: Everything of the queue carries its name; the tables take their triggers along.
DROP_QUEUE = r"""
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT c.oid::regclass::text FROM pg_class c
      WHERE c.relkind = 'r' AND c.relname LIKE 'procrastinate\_%' LOOP
    EXECUTE 'DROP TABLE ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
      WHERE p.proname LIKE 'procrastinate\_%' LOOP
    EXECUTE 'DROP FUNCTION ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT t.oid::regtype::text FROM pg_type t
      WHERE t.typname LIKE 'procrastinate\_%' LOOP
    EXECUTE 'DROP TYPE ' || name || ' CASCADE';
  END LOOP;
END $$
"""


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    op.create_table(
        "app_user",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=200), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=200), server_default="", nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_dormant_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(length=500), server_default="", nullable=False),
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
            "state in ('invited','active','disabled')", name=op.f("ck_app_user_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
    )
    op.create_index(
        "uq_app_user_login_lower", "app_user", [sa.literal_column("lower(login)")], unique=True
    )
    op.create_table(
        "journal_event",
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("actor_body", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("real_actor_id", sa.BigInteger(), nullable=True),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column("org_path", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("thing_type", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=True),
        sa.Column("thing_label", sa.String(length=200), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_event")),
    )
    op.create_index(op.f("ix_journal_event_actor_id"), "journal_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_journal_event_at"), "journal_event", ["at"], unique=False)
    op.create_index(
        "ix_journal_event_org_path",
        "journal_event",
        ["org_path"],
        unique=False,
        postgresql_ops={"org_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_journal_event_thing", "journal_event", ["thing_type", "thing_id", "id"], unique=False
    )
    op.create_table(
        "journal_seal",
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("first_event_id", sa.BigInteger(), nullable=False),
        sa.Column("last_event_id", sa.BigInteger(), nullable=False),
        sa.Column("covers_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_seal")),
        sa.UniqueConstraint("covers_until", name=op.f("uq_journal_seal_covers_until")),
        sa.UniqueConstraint("last_event_id", name=op.f("uq_journal_seal_last_event_id")),
    )
    op.create_table(
        "message",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("url", sa.String(length=300), server_default="", nullable=False),
        sa.Column("thing_type", sa.String(length=40), server_default="", nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=True),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
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
            "num_nonnulls(user_id, organisation_id) = 1", name=op.f("ck_message_one_addressee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_body",
        "message",
        ["organisation_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_message_user", "message", ["user_id", sa.literal_column("id desc")], unique=False
    )
    op.create_table(
        "message_read",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_message_read")),
    )
    op.create_table(
        "organisation",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("formal_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("search_key", sa.String(length=300), server_default="", nullable=False),
        sa.Column(
            "aliases", postgresql.ARRAY(sa.String(length=120)), server_default="{}", nullable=False
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("quota_parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.String(length=200), server_default="", nullable=False),
        sa.Column("quota_path", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sort_order", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "stages", postgresql.ARRAY(sa.String(length=20)), server_default="{}", nullable=False
        ),
        sa.Column("is_rural", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_private", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("quota_group", sa.String(length=40), server_default="", nullable=False),
        sa.Column("accredited_since", sa.Date(), nullable=True),
        sa.Column("experience_years", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=40), server_default="", nullable=False),
        sa.Column("contact_phone", sa.String(length=200), server_default="", nullable=False),
        sa.Column("contact_email", sa.String(length=200), server_default="", nullable=False),
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
            "(state = 'merged') = (successor_id is not null)",
            name=op.f("ck_organisation_merged_has_successor"),
        ),
        sa.CheckConstraint(
            "state in ('active','closed','merged')", name=op.f("ck_organisation_state")
        ),
        sa.CheckConstraint(
            "id <> parent_id and id <> quota_parent_id", name=op.f("ck_organisation_not_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["quota_parent_id"], ["organisation.id"], name=op.f("fk_organisation_quota_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organisation.id"], name=op.f("fk_organisation_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_index(op.f("ix_organisation_kind"), "organisation", ["kind"], unique=False)
    op.create_index(op.f("ix_organisation_name_key"), "organisation", ["name_key"], unique=False)
    op.create_index(
        "ix_organisation_parent_order",
        "organisation",
        ["parent_id", "sort_order", "id"],
        unique=False,
    )
    op.create_index(
        "ix_organisation_path",
        "organisation",
        ["path"],
        unique=False,
        postgresql_ops={"path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_organisation_quota_parent_order",
        "organisation",
        ["quota_parent_id", "sort_order", "id"],
        unique=False,
    )
    op.create_index(
        "ix_organisation_quota_path",
        "organisation",
        ["quota_path"],
        unique=False,
        postgresql_ops={"quota_path": "text_pattern_ops"},
    )
    op.create_index(
        "ix_organisation_search_order", "organisation", ["search_key", "id"], unique=False
    )
    op.create_table(
        "outbox_mail",
        sa.Column("message_id_header", sa.String(length=200), nullable=False),
        sa.Column("to_user_id", sa.BigInteger(), nullable=True),
        sa.Column("to_address", sa.String(length=200), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.String(length=60), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), server_default="", nullable=False),
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
            "state in ('waiting','sent','failed','cancelled')", name=op.f("ck_outbox_mail_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_outbox_mail_message_id_header")),
    )
    op.create_index(
        "ix_outbox_mail_due",
        "outbox_mail",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_outbox_mail_to_user_id"), "outbox_mail", ["to_user_id"], unique=False)
    op.create_table(
        "paper_number",
        sa.Column("series", sa.String(length=80), nullable=False),
        sa.Column("last", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_paper_number")),
    )
    op.create_table(
        "programme",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("last_year >= first_year", name=op.f("ck_programme_years")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_programme_name")),
    )
    op.create_table(
        "rate_counter",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_start", name=op.f("pk_rate_counter")),
    )
    op.create_table(
        "rulebook_edition",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("based_on", sa.String(length=60), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("original", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "changes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("submitted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("released_by_id", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
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
            "state <> 'released' or (released_at is not null and released_by_id is distinct from made_by_id and released_by_id is distinct from submitted_by_id)",
            name=op.f("ck_rulebook_edition_two_persons"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','released','withdrawn')",
            name=op.f("ck_rulebook_edition_state"),
        ),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_rulebook_edition_uses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_rulebook_edition_code")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
        sa.UniqueConstraint(
            "bucket", "window_start", name=op.f("uq_sign_in_failure_bucket_window_start")
        ),
    )
    op.create_table(
        "stored_file",
        sa.Column("storage_key", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("org_path", sa.String(length=200), nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("size >= 0", name=op.f("ck_stored_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_stored_file_storage_key")),
    )
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "submission",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_at"), "submission", ["at"], unique=False)
    op.create_table(
        "tick_run",
        sa.Column("task", sa.String(length=60), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("error", sa.String(length=300), server_default="", nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick_run")),
        sa.UniqueConstraint("task", "due", name=op.f("uq_tick_run_task_due")),
    )
    op.create_table(
        "import_run",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("org_path", sa.String(length=200), nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("understood", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("effect", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="checked", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_reason", sa.String(length=500), server_default="", nullable=False),
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
            "state in ('checked','confirmed','undone','discarded')",
            name=op.f("ck_import_run_state"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_import_run_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_import_run_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(
        "ix_import_run_body",
        "import_run",
        ["organisation_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(op.f("ix_import_run_kind"), "import_run", ["kind"], unique=False)
    op.create_index(
        "ix_import_run_org_path",
        "import_run",
        ["org_path"],
        unique=False,
        postgresql_ops={"org_path": "text_pattern_ops"},
    )
    op.create_table(
        "invitation",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_by_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint("form in ('link','slip')", name=op.f("ck_invitation_form")),
        sa.CheckConstraint(
            "purpose in ('join','first','reset')", name=op.f("ck_invitation_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_invitation_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(
        op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("org_path", sa.String(length=200), nullable=False),
        sa.Column("acting", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="queued", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.String(length=32), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result_url", sa.String(length=300), server_default="", nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
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
            "state in ('queued','running','done','failed','cancelled')", name=op.f("ck_job_state")
        ),
        sa.CheckConstraint(
            "done between 0 and greatest(total, done)", name=op.f("ck_job_progress")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_job_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_owner_recent", "job", ["owner_id", sa.literal_column("id desc")], unique=False
    )
    op.create_table(
        "mandate",
        sa.Column("for_organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("by_organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
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
            "ends_on is null or ends_on >= starts_on", name=op.f("ck_mandate_dates")
        ),
        sa.ForeignKeyConstraint(
            ["by_organisation_id"], ["organisation.id"], name=op.f("fk_mandate_by_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["for_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_mandate_for_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(
        op.f("ix_mandate_by_organisation_id"), "mandate", ["by_organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_mandate_for_organisation_id"), "mandate", ["for_organisation_id"], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("deputy_for_id", sa.BigInteger(), nullable=True),
        sa.Column("appointed_by_id", sa.BigInteger(), nullable=True),
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
            "deputy_for_id is null or ends_on is not null",
            name=op.f("ck_membership_deputy_has_end"),
        ),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("ck_membership_dates")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_for_id"], ["membership.id"], name=op.f("fk_membership_deputy_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index(
        "uq_membership_open",
        "membership",
        ["user_id", "organisation_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "organisation_event",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
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
            ["cause_id"], ["organisation_event.id"], name=op.f("fk_organisation_event_cause_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_event_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["organisation_event.id"], name=op.f("fk_organisation_event_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_event")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_organisation_event_undoes_id")),
    )
    op.create_index(
        op.f("ix_organisation_event_organisation_id"),
        "organisation_event",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "paper",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="valid", nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issuer_name", sa.String(length=120), nullable=False),
        sa.Column("issuer_id", sa.BigInteger(), nullable=False),
        sa.Column("addressee_id", sa.BigInteger(), nullable=True),
        sa.Column("addressee_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("org_path", sa.String(length=200), nullable=False),
        sa.Column("about_type", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("replaced_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.BigInteger(), nullable=True),
        sa.Column("read_by_name", sa.String(length=80), server_default="", nullable=False),
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
            "(state = 'replaced') = (replaced_by_id is not null)", name=op.f("ck_paper_replaced")
        ),
        sa.CheckConstraint(
            "state in ('valid','replaced','withdrawn')", name=op.f("ck_paper_state")
        ),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["organisation.id"], name=op.f("fk_paper_addressee_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_file_id")),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["organisation.id"], name=op.f("fk_paper_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["paper.id"], name=op.f("fk_paper_replaced_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_code")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_number")),
        sa.UniqueConstraint("token", name=op.f("uq_paper_token")),
    )
    op.create_index("ix_paper_about", "paper", ["about_type", "about_id"], unique=False)
    op.create_index(op.f("ix_paper_addressee_id"), "paper", ["addressee_id"], unique=False)
    op.create_index(
        "ix_paper_org_path",
        "paper",
        ["org_path"],
        unique=False,
        postgresql_ops={"org_path": "text_pattern_ops"},
    )
    op.create_table(
        "plan",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=40), server_default="", nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=True),
        sa.Column("copied_from_id", sa.BigInteger(), nullable=True),
        sa.Column("rulebook_code", sa.String(length=60), nullable=False),
        sa.Column("rulebook", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rulebook_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("doc_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("index_number", sa.String(length=80), server_default="", nullable=False),
        sa.Column("keywords", sa.String(length=200), server_default="", nullable=False),
        sa.Column("publicity", sa.String(length=10), server_default="public", nullable=False),
        sa.Column(
            "contacts", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_text", sa.Text(), server_default="", nullable=False),
        sa.Column("submit_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("return_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("in_use", sa.Boolean(), server_default="false", nullable=False),
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
            "publicity in ('public','on_request','internal')", name=op.f("ck_plan_publicity")
        ),
        sa.CheckConstraint(
            "state in ('draft','issuing','discarded') or (issued_at is not null and doc_number <> '' and issued_by_id is distinct from prepared_by_id)",
            name=op.f("ck_plan_issued_by_two"),
        ),
        sa.CheckConstraint(
            "state in ('draft','issuing','issued','running','closing','archived','discarded')",
            name=op.f("ck_plan_state"),
        ),
        sa.CheckConstraint(
            "ends_on is null or starts_on is null or ends_on >= starts_on",
            name=op.f("ck_plan_dates"),
        ),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["plan.id"], name=op.f("fk_plan_copied_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_plan_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )
    op.create_table(
        "teacher",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=60), nullable=False),
        sa.Column("search_key", sa.String(length=300), nullable=False),
        sa.Column("id_number", sa.String(length=200), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("phone", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("stage", sa.String(length=20), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=40), server_default="", nullable=False),
        sa.Column("title", sa.String(length=40), server_default="", nullable=False),
        sa.Column("post", sa.String(length=40), server_default="", nullable=False),
        sa.Column("is_head", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_class_teacher", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("teaching_since", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=20), server_default="in_service", nullable=False),
        sa.Column("ethnic_code", sa.String(length=2), server_default="", nullable=False),
        sa.Column("political_code", sa.String(length=2), server_default="", nullable=False),
        sa.Column(
            "sources",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), server_default="active", nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
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
            "(phone = '') = (phone_index is null)", name=op.f("ck_teacher_phone_index")
        ),
        sa.CheckConstraint(
            "(state = 'left') = (left_on is not null)", name=op.f("ck_teacher_left_on")
        ),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id is not null)", name=op.f("ck_teacher_merged_into")
        ),
        sa.CheckConstraint("left(id_number, 3) = 'v1:'", name=op.f("ck_teacher_id_number_sealed")),
        sa.CheckConstraint(
            "phone = '' or left(phone, 3) = 'v1:'", name=op.f("ck_teacher_phone_sealed")
        ),
        sa.CheckConstraint("sex in ('0','1','2','9')", name=op.f("ck_teacher_sex")),
        sa.CheckConstraint(
            "stage in ('','preschool','primary','junior','senior','special','vocational')",
            name=op.f("ck_teacher_stage"),
        ),
        sa.CheckConstraint("state in ('active','left','merged')", name=op.f("ck_teacher_state")),
        sa.CheckConstraint(
            "status in ('in_service','on_leave','seconded','studying','waiting','retired')",
            name=op.f("ck_teacher_status"),
        ),
        sa.CheckConstraint(
            "title in ('','senior_full','senior_associate','first_grade','second_grade','third_grade','ungraded')",
            name=op.f("ck_teacher_title"),
        ),
        sa.CheckConstraint("id <> merged_into_id", name=op.f("ck_teacher_not_into_itself")),
        sa.CheckConstraint("octet_length(id_index) = 32", name=op.f("ck_teacher_id_index")),
        sa.CheckConstraint(
            "since > birth_on and teaching_since > birth_on", name=op.f("ck_teacher_times")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["teacher.id"], name=op.f("fk_teacher_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_teacher_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher")),
        sa.UniqueConstraint("uuid", name=op.f("uq_teacher_uuid")),
    )
    op.create_index(op.f("ix_teacher_merged_into_id"), "teacher", ["merged_into_id"], unique=False)
    op.create_index("ix_teacher_name_key", "teacher", ["name_key"], unique=False)
    op.create_index("ix_teacher_phone_index", "teacher", ["phone_index"], unique=False)
    op.create_index(
        "ix_teacher_school_order", "teacher", ["organisation_id", "search_key", "id"], unique=False
    )
    op.create_index("ix_teacher_search_order", "teacher", ["search_key", "id"], unique=False)
    op.create_index(
        "uq_teacher_id_index",
        "teacher",
        ["id_index"],
        unique=True,
        postgresql_where=sa.text("state <> 'merged'"),
    )
    op.create_table(
        "yearly_figure",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("teachers", sa.Integer(), nullable=True),
        sa.Column("key_teachers", sa.Integer(), nullable=True),
        sa.Column("rural_teachers", sa.Integer(), nullable=True),
        sa.Column(
            "flags", postgresql.ARRAY(sa.String(length=40)), server_default="{}", nullable=False
        ),
        sa.Column("registration_rate", sa.Numeric(precision=6, scale=4), nullable=True),
        sa.Column("check_in_rate", sa.Numeric(precision=6, scale=4), nullable=True),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("grade", sa.String(length=20), server_default="", nullable=False),
        sa.Column("source", sa.String(length=40), server_default="import", nullable=False),
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
        sa.CheckConstraint("check_in_rate between 0 and 1", name=op.f("ck_yearly_figure_rate")),
        sa.CheckConstraint(
            "coalesce(teachers,0) >= 0 and coalesce(key_teachers,0) >= 0 and coalesce(rural_teachers,0) >= 0",
            name=op.f("ck_yearly_figure_counts"),
        ),
        sa.CheckConstraint("year between 2000 and 2100", name=op.f("ck_yearly_figure_year")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_yearly_figure_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_figure")),
        sa.UniqueConstraint(
            "organisation_id", "year", name=op.f("uq_yearly_figure_organisation_id_year")
        ),
    )
    op.create_index(
        op.f("ix_yearly_figure_organisation_id"), "yearly_figure", ["organisation_id"], unique=False
    )
    op.create_table(
        "plan_document",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
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
            ["file_id"], ["stored_file.id"], name=op.f("fk_plan_document_file_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_document_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_document")),
    )
    op.create_index(op.f("ix_plan_document_plan_id"), "plan_document", ["plan_id"], unique=False)
    op.create_table(
        "plan_window",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(length=20), server_default="", nullable=False),
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
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_plan_window_order")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_window_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_window")),
        sa.UniqueConstraint("plan_id", "kind", name=op.f("uq_plan_window_plan_id_kind")),
    )
    op.create_index(op.f("ix_plan_window_plan_id"), "plan_window", ["plan_id"], unique=False)
    op.create_table(
        "project_category",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("has_quota_table", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("annex", sa.String(length=40), server_default="", nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("eligibility", sa.Text(), server_default="", nullable=False),
        sa.Column("face_days", sa.Integer(), nullable=True),
        sa.Column("online_hours", sa.Integer(), nullable=True),
        sa.Column("outcomes_required", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "themes", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False
        ),
        sa.Column("tier", sa.String(length=20), server_default="", nullable=False),
        sa.Column("programme_line", sa.String(length=40), server_default="", nullable=False),
        sa.Column("rule", sa.String(length=20), server_default="", nullable=False),
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
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_project_category_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_category")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_project_category_plan_id_code")),
    )
    op.create_index(
        op.f("ix_project_category_plan_id"), "project_category", ["plan_id"], unique=False
    )
    op.create_table(
        "supplementary_notice",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("doc_number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("touches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column(
            "moved", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
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
            "state <> 'in_force' or in_force_at is not null",
            name=op.f("ck_supplementary_notice_in_force_at"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','approved','in_force','withdrawn')",
            name=op.f("ck_supplementary_notice_state"),
        ),
        sa.CheckConstraint(
            "state not in ('approved','in_force') or approved_by_id is distinct from prepared_by_id",
            name=op.f("ck_supplementary_notice_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_supplementary_notice_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplementary_notice")),
    )
    op.create_index(
        op.f("ix_supplementary_notice_plan_id"), "supplementary_notice", ["plan_id"], unique=False
    )
    op.create_table(
        "teacher_event",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
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
            ["organisation_id"], ["organisation.id"], name=op.f("fk_teacher_event_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_teacher_event_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name=op.f("fk_teacher_event_teacher_id")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["teacher_event.id"], name=op.f("fk_teacher_event_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_event")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_teacher_event_undoes_id")),
    )
    op.create_index(op.f("ix_teacher_event_run_id"), "teacher_event", ["run_id"], unique=False)
    op.create_index(
        "ix_teacher_event_teacher_id", "teacher_event", ["teacher_id", "id"], unique=False
    )
    op.create_table(
        "user_session",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=80), server_default="", nullable=False),
        sa.Column("address", sa.String(length=64), server_default="", nullable=False),
        sa.Column("agent", sa.String(length=200), server_default="", nullable=False),
        sa.Column("support_user_id", sa.BigInteger(), nullable=True),
        sa.Column("support_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("support_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("support_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_user_session_mandate_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_user_session_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["support_membership_id"],
            ["membership.id"],
            name=op.f("fk_user_session_support_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["support_user_id"], ["app_user.id"], name=op.f("fk_user_session_support_user_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_user_session_token_digest")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "plan_rulebook_version",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
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
        op.f("ix_plan_rulebook_version_plan_id"), "plan_rulebook_version", ["plan_id"], unique=False
    )
    op.create_table(
        "project",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "themes", postgresql.ARRAY(sa.String(length=60)), server_default="{}", nullable=False
        ),
        sa.Column("tier", sa.String(length=20), server_default="", nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
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
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_project_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint(
            "category_id", "stage", "subject", name=op.f("uq_project_category_id_stage_subject")
        ),
    )
    op.create_index(
        "ix_project_category_position", "project", ["category_id", "position"], unique=False
    )
    op.create_table(
        "quota_sheet",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="issued", nullable=False),
        sa.Column("due_below", sa.Date(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by_id", sa.BigInteger(), nullable=True),
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
            "state in ('issued','splitting','allocated','locked')",
            name=op.f("ck_quota_sheet_state"),
        ),
        sa.CheckConstraint(
            "parent_id is null or parent_id <> id", name=op.f("ck_quota_sheet_not_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_quota_sheet_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_quota_sheet_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["quota_sheet.id"], name=op.f("fk_quota_sheet_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_sheet")),
        sa.UniqueConstraint(
            "category_id",
            "organisation_id",
            name=op.f("uq_quota_sheet_category_id_organisation_id"),
        ),
    )
    op.create_index("ix_quota_sheet_organisation", "quota_sheet", ["organisation_id"], unique=False)
    op.create_index(
        "ix_quota_sheet_parent", "quota_sheet", ["parent_id", "organisation_id"], unique=False
    )
    op.create_table(
        "window_extension",
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
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
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_window_extension_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["plan_window.id"], name=op.f("fk_window_extension_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_extension")),
    )
    op.create_index(
        "ix_window_extension_body",
        "window_extension",
        ["window_id", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "quota",
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Integer(), server_default="0", nullable=False),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("given between 0 and held", name=op.f("ck_quota_given_within_held")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_quota_project_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["quota_sheet.id"], name=op.f("fk_quota_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("sheet_id", "project_id", name=op.f("uq_quota_sheet_id_project_id")),
    )
    op.create_index(
        "ix_quota_project",
        "quota",
        ["project_id"],
        unique=False,
        postgresql_include=["sheet_id", "held", "given"],
    )
    op.create_table(
        "quota_batch",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("by_user_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("mandate_id", sa.BigInteger(), nullable=True),
        sa.Column("import_run_id", sa.BigInteger(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind in ('issue','correction','split','give_back','swap','top_up','move','undo')",
            name=op.f("ck_quota_batch_kind"),
        ),
        sa.CheckConstraint(
            "kind not in ('correction','give_back','swap','top_up','move','undo') or reason <> ''",
            name=op.f("ck_quota_batch_reason_where_due"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_quota_batch_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_quota_batch_import_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["quota_sheet.id"], name=op.f("fk_quota_batch_sheet_id")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["quota_batch.id"], name=op.f("fk_quota_batch_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_batch")),
    )
    op.create_index(
        "ix_quota_batch_category",
        "quota_batch",
        ["category_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "ix_quota_batch_sheet",
        "quota_batch",
        ["sheet_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(op.f("ix_quota_batch_undoes_id"), "quota_batch", ["undoes_id"], unique=False)
    op.create_table(
        "quota_entry",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("quota_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_quota_id", sa.BigInteger(), nullable=True),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_quota_entry_moves_something")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["quota_batch.id"], name=op.f("fk_quota_entry_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_quota_id"], ["quota.id"], name=op.f("fk_quota_entry_parent_quota_id")
        ),
        sa.ForeignKeyConstraint(["quota_id"], ["quota.id"], name=op.f("fk_quota_entry_quota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_entry")),
    )
    op.create_index("ix_quota_entry_batch", "quota_entry", ["batch_id"], unique=False)
    op.create_index("ix_quota_entry_parent", "quota_entry", ["parent_quota_id", "at"], unique=False)
    op.create_index("ix_quota_entry_quota", "quota_entry", ["quota_id", "at"], unique=False)
    op.create_table(
        "quota_table",
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "workings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "findings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("return_reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("import_run_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
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
            "origin in ('import','workbench','form')", name=op.f("ck_quota_table_origin")
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','issued','withdrawn','undone')",
            name=op.f("ck_quota_table_state"),
        ),
        sa.CheckConstraint(
            "state not in ('issued','undone') or issued_by_id is distinct from made_by_id",
            name=op.f("ck_quota_table_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["quota_batch.id"], name=op.f("fk_quota_table_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["project_category.id"], name=op.f("fk_quota_table_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["import_run.id"], name=op.f("fk_quota_table_import_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_table")),
    )
    op.create_index(
        "uq_quota_table_open",
        "quota_table",
        ["category_id"],
        unique=True,
        postgresql_where=sa.text("state in ('draft','submitted')"),
    )
    for trigger in TRIGGERS:
        op.execute(trigger)
    # The driver itself: the queue's schema holds many statements, and colons of its own.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.execute(DROP_QUEUE)
    op.drop_table("quota_table")
    op.drop_table("quota_entry")
    op.drop_table("quota_batch")
    op.drop_table("quota")
    op.drop_table("window_extension")
    op.drop_table("quota_sheet")
    op.drop_table("project")
    op.drop_table("plan_rulebook_version")
    op.drop_table("user_session")
    op.drop_table("teacher_event")
    op.drop_table("supplementary_notice")
    op.drop_table("project_category")
    op.drop_table("plan_window")
    op.drop_table("plan_document")
    op.drop_table("yearly_figure")
    op.drop_table("teacher")
    op.drop_table("plan")
    op.drop_table("paper")
    op.drop_table("organisation_event")
    op.drop_table("membership")
    op.drop_table("mandate")
    op.drop_table("job")
    op.drop_table("invitation")
    op.drop_table("import_run")
    op.drop_table("tick_run")
    op.drop_table("submission")
    op.drop_table("stored_file")
    op.drop_table("sign_in_failure")
    op.drop_table("rulebook_edition")
    op.drop_table("rate_counter")
    op.drop_table("programme")
    op.drop_table("paper_number")
    op.drop_table("outbox_mail")
    op.drop_table("organisation")
    op.drop_table("message_read")
    op.drop_table("message")
    op.drop_table("journal_seal")
    op.drop_table("journal_event")
    op.drop_table("app_user")
    op.execute("DROP FUNCTION refuse_change()")
