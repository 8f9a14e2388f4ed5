"""THE table of pages: blueprint, url prefix, places of the menu; and of commands and services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask import Blueprint, Flask

from provincial import schedule
from provincial.core import clock
from provincial.core.text import Text, t
from provincial.core.todo import TodoSource
from provincial.core.viewer import Viewer
from provincial.desk.demonstration import commands as demonstration_commands
from provincial.desk.home import views as home_pages
from provincial.desk.lookup import views as lookup_pages
from provincial.desk.portal import views as portal
from provincial.desk.reorganisation import views as reorganisation
from provincial.desk.reorganisation.permissions import may_reopen, may_step, may_take_back_now
from provincial.desk.reorganisation.rules import Follower
from provincial.office.audit import views as audit_views
from provincial.office.audit.permissions import may_audit
from provincial.office.exports import views as exports_views
from provincial.office.files import models as files_tables
from provincial.office.imports import models as imports_tables
from provincial.office.imports import views as imports_views
from provincial.office.imports.rules import ImportKind
from provincial.office.jobs import commands as jobs_commands
from provincial.office.jobs import models as jobs_tables
from provincial.office.jobs import views as jobs_views
from provincial.office.journal import commands as journal_commands
from provincial.office.journal import models as journal_tables
from provincial.office.journal.actions import note_denial
from provincial.office.messages import models as messages_tables
from provincial.office.messages import views as messages_views
from provincial.office.messages.actions import set_address_book
from provincial.office.messages.permissions import may_run_mail
from provincial.office.messages.queries import unread_count
from provincial.office.papers import models as papers_tables
from provincial.office.papers import views as papers_views
from provincial.people.accounts import models as accounts_tables
from provincial.people.accounts import queries as accounts
from provincial.people.accounts import views as accounts_pages
from provincial.people.accounts.permissions import may_list_users
from provincial.people.accounts.rules import Role
from provincial.people.acting import queries as acting
from provincial.people.acting import views as acting_pages
from provincial.people.acting.permissions import may_read_mandates
from provincial.people.corrections import actions as corrections_actions
from provincial.people.corrections import models as corrections_tables
from provincial.people.corrections import queries as corrections
from provincial.people.corrections import views as corrections_pages
from provincial.people.corrections.permissions import (
    has_record,
    may_link,
    may_list_corrections,
)
from provincial.people.duplicates import models as duplicates_tables
from provincial.people.duplicates import queries as duplicates
from provincial.people.duplicates import views as duplicates_pages
from provincial.people.duplicates.permissions import may_look as may_look_for_duplicates
from provincial.people.figures import views as figures
from provincial.people.figures.actions import KIND as FIGURES
from provincial.people.honours import actions as honours_actions
from provincial.people.honours import models as honours_tables
from provincial.people.honours import queries as honours
from provincial.people.honours import views as honours_pages
from provincial.people.honours.permissions import may_enter as may_enter_honour
from provincial.people.invitations import queries as invitations
from provincial.people.invitations import views as invitations_pages
from provincial.people.invitations.commands import province
from provincial.people.organisations import models as organisations_tables
from provincial.people.organisations import views as organisations
from provincial.people.organisations.rules import BodyLink
from provincial.people.proofs import models as proofs_tables
from provincial.people.proofs import views as proofs_pages
from provincial.people.rosters import views as rosters
from provincial.people.rosters.permissions import may_import as may_import_teachers
from provincial.people.rosters.rules import KIND as TEACHERS
from provincial.people.schools import views as schools
from provincial.people.schools.actions import KIND as SCHOOLS
from provincial.people.staff import views as staff_pages
from provincial.people.staff.permissions import may_see_body
from provincial.people.successions import models as successions_tables
from provincial.people.successions.actions import follow_people
from provincial.people.successions.queries import preview_people
from provincial.people.teachers import models as teachers_tables
from provincial.people.teachers import queries as teachers_queries
from provincial.people.teachers import views as teachers
from provincial.people.teachers.permissions import may_list as may_list_teachers
from provincial.people.teachers.rules import TeacherFollower, TeacherLink, TeacherPanel
from provincial.people.transfers import models as transfers_tables
from provincial.people.transfers import queries as transfers
from provincial.people.transfers import views as transfers_pages
from provincial.people.transfers.actions import follow_merge as transfers_follow_merge
from provincial.people.transfers.permissions import may_ask_away, may_see_list
from provincial.people.transfers.rules import MoveFollower
from provincial.planning.allocations import commands as allocations_commands
from provincial.planning.allocations import models as allocations_tables
from provincial.planning.allocations import queries as allocations
from provincial.planning.allocations import views as allocations_pages
from provincial.planning.allocations.permissions import may_propose
from provincial.planning.amendments import views as amendments_pages
from provincial.planning.attachments import views as attachments_pages
from provincial.planning.banlists import views as banlists_pages
from provincial.planning.banlists.queries import KIND as BANS
from provincial.planning.bans import queries as bans
from provincial.planning.bans import views as bans_pages
from provincial.planning.boards import queries as boards
from provincial.planning.boards import views as boards_pages
from provincial.planning.candidates import views as candidates_pages
from provincial.planning.carryovers import actions as carryovers_actions
from provincial.planning.carryovers import queries as carryovers
from provincial.planning.conditions import queries as conditions
from provincial.planning.conditions import views as conditions_pages
from provincial.planning.copies import models as copies_tables
from provincial.planning.copies import queries as copies
from provincial.planning.copies import views as copies_pages
from provincial.planning.copies.rules import KIND as COPIES
from provincial.planning.fillings import queries as fillings
from provincial.planning.fillings import views as fillings_pages
from provincial.planning.idle import models as fillings_tables
from provincial.planning.integrity import actions as integrity_actions
from provincial.planning.integrity import models as integrity_tables
from provincial.planning.integrity import queries as integrity
from provincial.planning.integrity import views as integrity_pages
from provincial.planning.integrity.permissions import is_teacher
from provincial.planning.integrity.permissions import may_list as may_list_bans
from provincial.planning.integrity.permissions import may_see_teacher as may_see_file
from provincial.planning.ledger import models as ledger_tables
from provincial.planning.lists import queries as lists
from provincial.planning.lists import views as lists_pages
from provincial.planning.lists.permissions import may_look as may_look_at_lists
from provincial.planning.moves.actions import follow_organisation_change
from provincial.planning.moves.queries import preview_organisation_change
from provincial.planning.namelists import commands as namelists_commands
from provincial.planning.namelists import queries as namelists
from provincial.planning.namelists import views as namelists_pages
from provincial.planning.namelists.rules import KIND as NAMELISTS
from provincial.planning.nominations import models as nominations_tables
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.permissions import may_look as may_look_at_names
from provincial.planning.objections import views as objections_pages
from provincial.planning.plans import commands as plans_commands
from provincial.planning.plans import models as plans_tables
from provincial.planning.plans import queries as plans
from provincial.planning.plans import views as plans_pages
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.projects import views as projects_pages
from provincial.planning.quotas import queries as quotas
from provincial.planning.quotas import views as quotas_pages
from provincial.planning.quotas.permissions import may_see_board
from provincial.planning.rulebooks import models as rulebooks_tables
from provincial.planning.rulebooks import queries as rulebooks
from provincial.planning.rulebooks import views as rulebooks_pages
from provincial.planning.selection import queries as selection
from provincial.planning.selection import views as selection_pages
from provincial.planning.signing import views as signing_pages
from provincial.planning.windows import views as windows_pages
from provincial.planning.workbench import views as workbench_pages
from provincial.planning.workbooks import views as workbooks_pages
from provincial.rulebook.commands import rulebook_cli
from provincial.web import health
from provincial.web.access import signed_in
from provincial.web.navigation import Place

CategoryLink = Callable[[ProjectCategory, Viewer], tuple[Text, str] | None]

#: Every module of tables, so that the metadata is whole whatever else is imported.
TABLES = (
    journal_tables,
    files_tables,
    jobs_tables,
    imports_tables,
    messages_tables,
    papers_tables,
    organisations_tables,
    accounts_tables,
    proofs_tables,
    successions_tables,
    teachers_tables,
    honours_tables,
    transfers_tables,
    duplicates_tables,
    corrections_tables,
    rulebooks_tables,
    plans_tables,
    integrity_tables,
    ledger_tables,
    allocations_tables,
    nominations_tables,
    fillings_tables,
    copies_tables,
)

_PLACES = t("Quota places")
_SELECTION = t("Selection")
_DESK = Text("")
_PLAN = t("Plan and rules")
_PAPERS = t("Papers and files")
_ADMINISTRATION = t("Administration")

#: (blueprint, url prefix)
PAGES: tuple[tuple[Blueprint, str], ...] = (
    (health.blueprint, ""),
    (home_pages.blueprint, ""),
    (lookup_pages.blueprint, ""),
    (imports_views.blueprint, "/imports"),
    (jobs_views.blueprint, "/jobs"),
    (exports_views.blueprint, ""),
    (audit_views.blueprint, "/journal"),
    (messages_views.blueprint, "/messages"),
    (papers_views.blueprint, ""),
    (organisations.blueprint, "/bodies"),
    (schools.blueprint, "/schools"),
    (teachers.blueprint, "/teachers"),
    (rosters.blueprint, "/teachers"),
    (honours_pages.blueprint, "/teachers"),
    (transfers_pages.blueprint, "/teachers"),
    (duplicates_pages.blueprint, "/teachers"),
    (corrections_pages.blueprint, "/teachers"),
    (figures.blueprint, "/figures"),
    (reorganisation.blueprint, "/reorganisation"),
    (allocations_pages.blueprint, "/allocations"),
    (workbench_pages.blueprint, "/allocations"),
    (quotas_pages.blueprint, "/quotas"),
    (boards_pages.blueprint, "/quotas"),
    (workbooks_pages.blueprint, "/quotas"),
    (selection_pages.blueprint, "/nominations"),
    (candidates_pages.blueprint, "/nominations"),
    (signing_pages.blueprint, "/nominations"),
    (lists_pages.blueprint, "/lists"),
    (fillings_pages.blueprint, "/fillings"),
    (accounts_pages.blueprint, ""),
    (proofs_pages.blueprint, ""),
    (invitations_pages.blueprint, ""),
    (staff_pages.blueprint, ""),
    (acting_pages.blueprint, ""),
    (rulebooks_pages.blueprint, "/rulebooks"),
    (plans_pages.blueprint, "/plans"),
    (projects_pages.blueprint, "/categories"),
    (conditions_pages.blueprint, "/conditions"),
    (namelists_pages.blueprint, "/name-lists"),
    (copies_pages.blueprint, "/name-lists"),
    (windows_pages.blueprint, "/windows"),
    (attachments_pages.blueprint, "/plan-documents"),
    (amendments_pages.blueprint, "/supplementary-notices"),
    (bans_pages.blueprint, "/bans"),
    (integrity_pages.blueprint, "/integrity"),
    (objections_pages.blueprint, "/objections"),
    (banlists_pages.blueprint, "/ban-lists"),
    (portal.blueprint, ""),
)

#: The menu, in the order of a plan's life.
PLACES: tuple[Place, ...] = (
    Place(_DESK, t("Home"), "home.home", signed_in, "house"),
    Place(_PLAN, t("Plans"), "plans.list_plans", signed_in, "calendar3"),
    Place(_PLAN, t("Rulebooks"), "rulebooks.list_rulebooks", signed_in, "journal-text"),
    Place(_PLAN, t("Programmes of years"), "plans.programmes", signed_in, "calendar-range"),
    Place(_PLACES, t("Held and split"), "quotas.my_places", may_see_board, "people"),
    Place(_PLACES, t("Quota tables"), "allocations.list_categories", may_propose, "grid-3x3"),
    Place(_SELECTION, t("Nominations"), "selection.home", may_look_at_names, "person-check"),
    Place(_SELECTION, t("Nomination lists"), "lists.list_lists", may_look_at_lists, "list-check"),
    Place(_SELECTION, t("Training bans"), "bans.list_bans", may_list_bans, "slash-circle"),
    Place(_SELECTION, t("My training record"), "integrity.mine", is_teacher, "person-vcard"),
    Place(_PAPERS, t("Papers"), "papers.list_papers", signed_in, "file-earmark-text"),
    Place(_PAPERS, t("Imports"), "imports.list_runs", signed_in, "table"),
    Place(_PAPERS, t("Background work"), "jobs.list_jobs", signed_in, "hourglass-split"),
    Place(_ADMINISTRATION, t("Organisations"), "organisations.list_bodies", signed_in, "diagram-3"),
    Place(
        _ADMINISTRATION, t("Teachers"), "teachers.list_teachers", may_list_teachers, "person-badge"
    ),
    Place(_ADMINISTRATION, t("My record"), "corrections.mine", has_record, "person-vcard"),
    Place(_ADMINISTRATION, t("Yearly figures"), "figures.table", signed_in, "bar-chart"),
    Place(_ADMINISTRATION, t("Users"), "staff.own_users", may_list_users, "people"),
    Place(_ADMINISTRATION, t("Mandates"), "acting.mandates", may_read_mandates, "person-up"),
    Place(_ADMINISTRATION, t("Audit log"), "audit.search", may_audit, "journal-text"),
    Place(_ADMINISTRATION, t("Mail log"), "messages.mail_log", may_run_mail, "envelope"),
)

#: Pages of later rooms about one body, shown on the body's page.
BODY_LINKS: tuple[BodyLink, ...] = (
    BodyLink(
        t("Invite its administrator"), "invitations.invite", invitations.needs_first, primary=True
    ),
    BodyLink(t("Users"), "staff.users_of", may_see_body),
    BodyLink(t("Places held"), "quotas.places_of", quotas.holds_places),
    BodyLink(
        t("Teachers"), "teachers.list_teachers", teachers_queries.keeps_teachers, argument="at"
    ),
    BodyLink(t("Nominations"), "selection.of_body", selection.linked_from),
    BodyLink(t("Move"), "reorganisation.move", may_step),
    BodyLink(t("Merge into another"), "reorganisation.merge", may_step),
    BodyLink(t("Close the body"), "reorganisation.close", may_step, grave=True),
    BodyLink(t("Open again"), "reorganisation.reopen", may_reopen),
    BodyLink(t("Take the last step back"), "reorganisation.take_back", may_take_back_now),
)

#: Rooms whose entries follow when a body moves, merges, closes, or such a step is taken back.
ORGANISATION_FOLLOWERS: tuple[Follower, ...] = (
    Follower("people", preview_people, follow_people),
    Follower("quotas", preview_organisation_change, follow_organisation_change),
    Follower(
        "nominations",
        carryovers.preview_organisation_change,
        carryovers_actions.follow_organisation_change,
    ),
)

#: Rooms whose rows go along when two records of a teacher are merged, or part again.
TEACHER_FOLLOWERS: tuple[TeacherFollower, ...] = (
    TeacherFollower("honours", honours.preview_merge, honours_actions.follow_merge),
    TeacherFollower("transfers", transfers.preview_merge, transfers_follow_merge),
    TeacherFollower("corrections", corrections.preview_merge, corrections_actions.follow_merge),
    TeacherFollower(
        "bans", integrity.preview_teacher_merge, integrity_actions.follow_teacher_merge
    ),
    TeacherFollower(
        "nominations",
        carryovers.preview_teacher_merge,
        carryovers_actions.follow_teacher_merge,
    ),
)

#: Rooms that want to know when a teacher changes school; places stay with their cell.
MOVE_FOLLOWERS: tuple[MoveFollower, ...] = (
    MoveFollower(
        "nominations", carryovers.preview_teacher_move, carryovers_actions.follow_teacher_move
    ),
)

#: Pages of later rooms about one teacher, shown on the teacher's page.
TEACHER_LINKS: tuple[TeacherLink, ...] = (
    TeacherLink(t("Enter a title"), "honours.enter", may_enter_honour),
    TeacherLink(t("Transfer to another school"), "transfers.away", may_ask_away),
    TeacherLink(t("Account"), "corrections.account", may_link),
    TeacherLink(t("Integrity file"), "integrity.file", may_see_file),
)

#: Parts of the teacher's page that later rooms fill, in their order.
TEACHER_PANELS: tuple[TeacherPanel, ...] = (
    TeacherPanel("people/honours/_panel.html", honours.panel),
    TeacherPanel("people/transfers/_panel.html", transfers.panel),
    TeacherPanel("people/corrections/_panel.html", corrections.panel),
    TeacherPanel("people/duplicates/_panel.html", duplicates.panel),
    TeacherPanel("planning/selection/_teacher_panel.html", selection.teacher_panel),
)

#: Pages of later rooms about the register as a whole, beside the list (the teacher is ``None``).
REGISTER_LINKS: tuple[TeacherLink, ...] = (
    TeacherLink(
        t("Teachers from a spreadsheet"), "rosters.upload", lambda who, _: may_import_teachers(who)
    ),
    TeacherLink(t("Transfers of teachers"), "transfers.list_transfers", may_see_list),
    TeacherLink(t("Corrections of teachers"), "corrections.list_corrections", may_list_corrections),
    TeacherLink(t("Duplicates"), "duplicates.list_pairs", may_look_for_duplicates),
)

#: What comes in as a workbook, and the page of its room that carries on with a run.
IMPORT_KINDS: dict[str, ImportKind] = {
    allocations.KIND: ImportKind(t("Quota table"), "allocations.check"),
    FIGURES: ImportKind(t("Yearly figures"), "figures.show_run"),
    SCHOOLS: ImportKind(t("Schools"), "schools.show_run"),
    TEACHERS: ImportKind(t("Teachers"), "rosters.show_run"),
    COPIES: ImportKind(t("Copies of the list"), "copies.show_run"),
    NAMELISTS: ImportKind(t("Nominations"), "namelists.show_run"),
    BANS: ImportKind(t("Training bans"), "banlists.show_run"),
}

COMMANDS: tuple[click.Command, ...] = (
    jobs_commands.worker,
    journal_commands.group,
    province,
    rulebook_cli,
    plans_commands.group,
    demonstration_commands.group,
    allocations_commands.quotas_cli,
    namelists_commands.nominations_cli,
)

#: Links that later rooms put beside a category: ``maker(category, viewer) -> (label, url) | None``.
CATEGORY_LINKS: tuple[CategoryLink, ...] = (
    allocations.category_link,
    boards.category_link,
    fillings.category_link,
    conditions.category_link,
    namelists.category_link,
)

#: The same beside the names of a category: lists in and out, and how full the places are.
SELECTION_LINKS: tuple[CategoryLink, ...] = (
    namelists.category_link,
    copies.category_link,
    fillings.category_link,
)

#: What waits for a person, room by room; home and the hand-over of a post list it.
TODO_SOURCES: tuple[TodoSource, ...] = (
    rulebooks.todo,
    plans.todo,
    allocations.todo,
    quotas.todo,
    nominations.todo,
    selection.todo,
    lists.todo,
    fillings.todo,
    bans.todo,
    boards.todo,
    invitations.todo,
    transfers.todo,
    corrections.todo,
)


def mount(app: Flask) -> None:
    """Put every room on the map."""
    for blueprint, prefix in PAGES:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    for group in COMMANDS:
        app.cli.add_command(group)
    app.config["PLACES"] = PLACES
    app.config["BODY_LINKS"] = BODY_LINKS
    app.config["ORGANISATION_FOLLOWERS"] = ORGANISATION_FOLLOWERS
    app.config["TEACHER_FOLLOWERS"] = TEACHER_FOLLOWERS
    app.config["MOVE_FOLLOWERS"] = MOVE_FOLLOWERS
    app.config["TEACHER_LINKS"] = TEACHER_LINKS
    app.config["TEACHER_PANELS"] = TEACHER_PANELS
    app.config["REGISTER_LINKS"] = REGISTER_LINKS
    app.config["IMPORT_KINDS"] = IMPORT_KINDS
    app.config["JOB_HANDLERS"] = schedule.JOBS
    app.config["TICKS"] = schedule.TICKS
    app.config["NOTE_DENIAL"] = note_denial
    app.config["TODO_SOURCES"] = TODO_SOURCES
    app.config["CATEGORY_LINKS"] = CATEGORY_LINKS
    app.config["SELECTION_LINKS"] = SELECTION_LINKS
    app.config["SIGN_IN_AGAIN"] = accounts_pages.sign_in_again
    app.config["CONFIRM_FIRST"] = proofs_pages.confirm_first
    set_address_book(accounts.address_book)


def surroundings() -> dict[str, Any]:
    """What rooms add to the frame of every page."""
    found = accounts_pages.signed_in_now()
    if found is None:
        return {}
    return {
        "unread": unread_count(found.viewer),
        "memberships": accounts.memberships_of(found.viewer, clock.today()),
        "support_view": found.support,
        "idle_left": int((found.idle_ends_at - clock.now()).total_seconds()),
        "mandate": acting.current_mandate(found.viewer),
        "acting_role": Role(found.viewer.role).label,
    } | lookup_pages.plan_choice()
