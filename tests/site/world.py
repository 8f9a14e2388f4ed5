"""The small province of the whole-site tests: two sides that must not see each other.

*Near* is the side of the people who look (city 近市, its county, its school); *far* is another city.
Every name on the far side carries ``CANARY``: where it turns up on a page of a near person, a scope
is broken (R5). Each kind of thing exists once near and once far, under the name of the route's value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pikepdf
from sqlalchemy import select
from sqlalchemy.orm import Session

from provincial.adapters.passwords import token_digest
from provincial.core import clock
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import actions as files
from provincial.office.imports.models import ImportRun
from provincial.office.jobs import actions as jobs
from provincial.office.journal.actions import record
from provincial.office.messages import actions as messages
from provincial.office.messages.models import OutboxMail
from provincial.office.papers.models import Paper
from provincial.people.accounts.models import Invitation, Mandate, User
from provincial.people.accounts.rules import Role
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.duplicates.models import TeacherMergeRecord
from provincial.people.honours.models import TeacherHonour
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.people.organisations.rules import Kind
from provincial.people.teachers.models import Teacher
from provincial.people.transfers.models import TeacherTransfer
from provincial.planning.allocations.actions import issue_table, root_sheet
from provincial.planning.bans.actions import propose
from provincial.planning.idle.models import PlaceWish
from provincial.planning.integrity.actions import note_result
from provincial.planning.integrity.models import BanObjection
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.actions import use_places
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.nominations.actions import note
from provincial.planning.nominations.models import Nomination, NominationList
from provincial.planning.plans.models import (
    Extension,
    Plan,
    PlanDocument,
    Project,
    ProjectCategory,
    SupplementaryNotice,
    Window,
)
from provincial.planning.quotas.actions import split
from provincial.planning.rulebooks.actions import copy
from provincial.planning.rulebooks.queries import usable
from tests.people.factories import make_organisation, make_teacher, make_user, viewer_of

CANARY = "金丝雀"
DAY = date(2023, 9, 1)
CSV = b"\xef\xbb\xbfname\nrow\n"

#: The people of the matrix, in the order of its columns: letters, body, role.
PEOPLE: dict[str, tuple[str, Role]] = {
    "PA": ("office", Role.PROVINCE_ADMINISTRATOR),
    "PO": ("office", Role.PROVINCE_OFFICER),
    "SY": ("office", Role.SYSTEM_ADMINISTRATOR),
    "AU": ("office", Role.AUDITOR),
    "PG": ("programme", Role.PROGRAMME_OFFICER),
    "FI": ("finance", Role.FINANCE_OFFICER),
    "QM": ("quality", Role.QUALITY_MONITOR),
    "TC": ("centre", Role.TRAINING_CENTRE_OFFICER),
    "EX": ("experts", Role.EXPERT),
    "CA": ("city", Role.BUREAU_ADMINISTRATOR),
    "CO": ("city", Role.BUREAU_OFFICER),
    "KA": ("county", Role.BUREAU_ADMINISTRATOR),
    "KO": ("county", Role.BUREAU_OFFICER),
    "SA": ("school", Role.SCHOOL_ADMINISTRATOR),
    "PR": ("school", Role.PRINCIPAL),
    "TE": ("school", Role.TEACHER),
    "IA": ("institution", Role.INSTITUTION_ADMINISTRATOR),
    "IO": ("institution", Role.INSTITUTION_OFFICER),
}


@dataclass
class World:
    """Bodies and people by their short names; values of routes by side."""

    session: Session
    bodies: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    near: dict[str, Any] = field(default_factory=dict)
    far: dict[str, Any] = field(default_factory=dict)

    def viewer(self, who: str) -> Viewer:
        """One of the people as actions take them."""
        return viewer_of(self.people[who])

    def side(self, name: str) -> dict[str, Any]:
        """The values of one side: ``near`` or ``far``."""
        return self.near if name == "near" else self.far


def build_world(session: Session) -> World:
    """Everything, in the caller's transaction."""
    world = World(session)
    for build in (_bodies, _people, _accounts, _office, _planning, _nominations, _bans):
        build(world)
    session.commit()
    return world


def _bodies(world: World) -> None:
    def add(name: str, kind: Kind, parent: str = "", called: str = "") -> None:
        above = world.bodies.get(parent)
        world.bodies[name] = make_organisation(world.session, kind, called or name, above)

    add("office", Kind.PROVINCIAL_OFFICE, "", "某省教育厅")
    add("programme", Kind.PROGRAMME_OFFICE, "office", "项目办")
    add("finance", Kind.FINANCE_DEPARTMENT, "office", "财政处")
    add("quality", Kind.QUALITY_CENTRE, "office", "质量监测中心")
    add("centre", Kind.TRAINING_CENTRE, "office", "省培训中心")
    add("experts", Kind.EXPERT_GROUP, "office", "专家组")
    add("institution", Kind.INSTITUTION, "office", "近学院")
    add("city", Kind.PREFECTURE_CITY, "office", "近市")
    add("county", Kind.COUNTY, "city", "近县")
    add("school", Kind.SCHOOL, "county", "近县一小")
    add("far_city", Kind.PREFECTURE_CITY, "office", f"{CANARY}市")
    add("far_county", Kind.COUNTY, "far_city", f"{CANARY}县")
    add("far_school", Kind.SCHOOL, "far_county", f"{CANARY}县一小")
    world.near |= {"body_id": world.bodies["county"].id}
    world.far |= {"body_id": world.bodies["far_county"].id}
    for name in ("county", "far_county"):
        body = world.bodies[name]
        body.contact_name = f"{CANARY}联系人" if name == "far_county" else "联系人"
        figure = YearlyFigure(organisation_id=body.id, year=2022, teachers=1200, key_teachers=90)
        world.session.add(figure)


def _people(world: World) -> None:
    for letters, (body, role) in PEOPLE.items():
        world.people[letters] = make_user(
            world.session,
            world.bodies[body],
            role,
            f"人{letters}",
            login=f"matrix-{letters.lower()}",
        )
    for letters, body, role in (
        ("ka", "county", Role.BUREAU_OFFICER),
        ("far_KA", "far_county", Role.BUREAU_ADMINISTRATOR),
        ("far_KO", "far_county", Role.BUREAU_OFFICER),
    ):
        name = f"{CANARY}员{letters}" if letters.startswith("far") else f"人{letters}"
        world.people[letters] = make_user(
            world.session, world.bodies[body], role, name, login=f"other-{letters.lower()}-{body}"
        )
    for side, body, name in (
        (world.near, "school", "单小近"),
        (world.far, "far_school", f"{CANARY}远"),
    ):
        teacher = make_teacher(world.session, world.bodies[body], name, phone="12000002316")
        side |= {"teacher_id": teacher.id}
        _about_teacher(world, side, teacher, body)
    for side, who in ((world.near, "ka"), (world.far, "far_KO")):
        user = world.people[who]
        side |= {"user_id": user.id, "membership_id": user.memberships[0].id}


def _about_teacher(world: World, side: dict[str, Any], teacher: Teacher, body: str) -> None:
    """A title, a wish to go elsewhere, a proposed correction, a twin and a merge."""
    mark = CANARY if body.startswith("far") else ""
    twin, gone = (make_teacher(world.session, world.bodies[body], teacher.name) for _ in range(2))
    gone.state, gone.merged_into_id = "merged", teacher.id
    other = make_organisation(
        world.session, Kind.SCHOOL, f"{mark}另一小学", world.bodies[body].parent
    )
    made = {
        "honour_id": TeacherHonour(
            teacher_id=teacher.id, kind="key_teacher", level="county", awarded_on=DAY
        ),
        "transfer_id": TeacherTransfer(
            teacher_id=teacher.id,
            from_id=teacher.organisation_id,
            to_id=other.id,
            side="giving",
            on_date=DAY,
            reason=f"{mark}随迁",
            asked_by_id=0,
            asked_for_id=teacher.organisation_id,
        ),
        "correction_id": TeacherCorrection(
            teacher_id=teacher.id,
            proposed={"native_place": f"{mark}新郑"},
            reason=f"{mark}籍贯填错",
            proposed_by_id=0,
        ),
        "merge_id": TeacherMergeRecord(
            kept_id=teacher.id, gone_id=gone.id, on_date=DAY, reason=f"{mark}重复"
        ),
    }
    world.session.add_all(made.values())
    if not mark:
        teacher.user_id = world.people["TE"].id
    world.session.flush()
    side |= {name: row.id for name, row in made.items()}
    side |= {"one_id": teacher.id, "two_id": twin.id}


def _accounts(world: World) -> None:
    for side, body, above in (
        (world.near, "county", "city"),
        (world.far, "far_county", "far_city"),
    ):
        mark = "" if side is world.near else CANARY
        code = f"{mark and 'f'}{'a' * 20}"
        invitation = Invitation(
            token_digest=token_digest(code),
            organisation_id=world.bodies[body].id,
            role=Role.BUREAU_OFFICER.value,
            name=f"{mark}新人",
            expires_at=clock.now() + timedelta(days=10),
            form="slip",
        )
        mandate = Mandate(
            for_organisation_id=world.bodies[body].id,
            by_organisation_id=world.bodies[above].id,
            reason=f"{mark}代办",
            starts_on=DAY,
        )
        world.session.add_all([invitation, mandate])
        world.session.flush()
        side |= {"invitation_id": invitation.id, "mandate_id": mandate.id, "code": code}


def _office(world: World) -> None:
    for side, who, body in (
        (world.near, "KO", "county"),
        (world.far, "far_KO", "far_county"),
    ):
        mark = "" if side is world.near else CANARY
        by, own = world.viewer(who), world.bodies[body]
        record("organisations.rename", own, by=by, reason=f"{mark}更名", org_path=own.path)
        file = files.store(CSV, f"{mark}表.csv", "import", by=by, org_path=own.path)
        run = ImportRun(
            kind="quota_table",
            organisation_id=own.id,
            org_path=own.path,
            by_user_id=by.user_id,
            by_name=by.name,
            file=file,
            context={},
            understood={},
            findings=[Finding(Severity.BLOCK, t("Papers"), cell="A3").as_data()],
            counts={"rows": 1},
            effect={},
        )
        job = jobs.enqueue("papers.export", t("Papers"), by=by)
        job.state, job.result = "done", {"rows": 1}
        job.file_id = files.store(CSV, f"{mark}清单.csv", "export", by=None, org_path=own.path).id
        message = messages.tell(
            kind="note", subject=t("Papers"), user_id=by.user_id, url="/papers", by=by
        )
        mail = OutboxMail(
            message_id_header=f"<{own.id}@site.example>",
            to_address=f"k{own.id}@site.example",
            to_user_id=by.user_id,
            subject=t("Papers").as_data(),
            body=[],
            kind="note",
            state="failed",
        )
        paper = _paper(world, own, mark)
        paper.file = files.store(_blank_pdf(), f"{mark}函.pdf", "paper", by=by, org_path=own.path)
        world.session.add_all([run, mail, paper])
        world.session.flush()
        side |= {
            "run_id": run.id,
            "job_id": job.id,
            "message_id": message.id,
            "mail_id": mail.id,
            "paper_id": paper.id,
            "token": paper.token,
        }


def _paper(world: World, addressee: Organisation, mark: str) -> Paper:
    return Paper(
        kind="quota_letter",
        number=f"{mark}教办师〔2023〕{addressee.id}号",
        title=f"{mark}名额通知",
        token=f"token-{addressee.id}".ljust(32, "x"),
        code=f"{addressee.id:012d}"[-12:],
        content={},
        template="papers/quota_letter.html",
        issued_on=DAY,
        issuer_name=world.bodies["office"].name,
        issuer_id=world.bodies["office"].id,
        addressee_id=addressee.id,
        addressee_name=addressee.name,
        org_path=addressee.path,
        about_type="quota_sheet",
        about_id=0,
        by_user_id=world.people["PO"].id,
    )


def _blank_pdf() -> bytes:
    target, pdf = BytesIO(), pikepdf.new()
    pdf.add_blank_page()
    pdf.save(target)
    return target.getvalue()


def _planning(world: World) -> None:
    now = clock.now()
    plan = Plan(
        code="world-2023",
        title="某省培训计划",
        year=2023,
        rulebook_code="henan-2023",
        rulebook=usable("henan-2023").to_data(),
        state="running",
        doc_number="教办师〔2023〕1号",
        issued_on=DAY,
        issued_at=now,
        prepared_by_id=world.people["PO"].id,
        issued_by_id=world.people["PA"].id,
    )
    world.session.add(plan)
    world.session.flush()
    category = ProjectCategory(
        plan_id=plan.id, code="key_teachers", name="骨干教师", has_quota_table=True
    )
    window = Window(
        plan_id=plan.id,
        kind="nominations.selection_due",
        opens_at=now - timedelta(days=5),
        closes_at=now + timedelta(days=30),
    )
    world.session.add_all([category, window])
    world.session.flush()
    project = Project(
        category_id=category.id, position=0, stage="primary", subject="语文", name="小学语文"
    )
    world.session.add(project)
    world.session.flush()
    city, far_city = world.bodies["city"].id, world.bodies["far_city"].id
    wanted = {(city, project.id): 20, (far_city, project.id): 30}
    root = root_sheet(category)
    issue_table(root, wanted, by=world.viewer("PA"), made_by="人PO", reason="")
    shared = {"plan_id": plan.id, "category_id": category.id, "window_id": window.id}
    shared |= _around_the_plan(world, plan, window)
    for side, who, above, below in (
        (world.near, "CO", "city", "county"),
        (world.far, "far_KO", "far_city", "far_county"),
    ):
        given = ledger.sheet_of(category.id, world.bodies[above].id)
        assert given is not None
        places = {(world.bodies[below].id, project.id): 10}
        batch = split(given, places, by=world.viewer(who), now=now)
        sheet = ledger.sheet_of(category.id, world.bodies[below].id)
        assert sheet is not None
        assert batch is not None
        side |= shared | {"sheet_id": sheet.id, "batch_id": batch.id, "project_id": project.id}
        _handed_in(world, side, given, sheet, project)


def _handed_in(
    world: World, side: dict[str, Any], above: QuotaSheet, sheet: QuotaSheet, project: Project
) -> None:
    """A list of the side's city, stamped, and a wish of its county."""
    body, mark = above.organisation, "" if side is world.near else CANARY
    paper = _paper(world, body, f"{mark}名单")
    paper.code = f"{body.id + 10**6:012d}"[-12:]
    paper.token = f"list-{body.id}".ljust(32, "x")
    paper.org_path = body.quota_path
    paper.content = {"codes": []}
    paper.file = files.store(_blank_pdf(), f"{mark}名单.pdf", "paper", by=None, org_path=body.path)
    scan = files.store(_blank_pdf(), f"{mark}盖章.pdf", "stamped", by=None, org_path=body.path)
    handed_in = NominationList(
        category_id=above.category_id,
        organisation=body,
        number=1,
        state="stamped",
        people=1,
        paper=paper,
        stamped=scan,
        submitted_at=clock.now(),
        stamped_at=clock.now(),
        by_name=f"{mark}经办",
    )
    wish = PlaceWish(sheet=sheet, project=project, places=2, reason=f"{mark}报名超出")
    world.session.add_all([handed_in, wish])
    world.session.flush()
    side |= {"list_id": handed_in.id, "wish_id": wish.id}


def _nominations(world: World) -> None:
    """A teacher on a place of each county, with evidence, waiting at the county's own desk."""
    for side, body, mark in ((world.near, "county", ""), (world.far, "far_county", CANARY)):
        holder, by = world.bodies[body], world.people["ka" if not mark else "far_KO"]
        sheet = ledger.sheet_of(side["category_id"], holder.id)
        assert sheet is not None
        cell = world.session.scalars(select(Quota).where(Quota.sheet_id == sheet.id)).one()
        teacher = world.session.get_one(Teacher, side["teacher_id"])
        evidence = files.store(
            _blank_pdf(), f"{mark}证书.pdf", "evidence", by=viewer_of(by), org_path=holder.path
        )
        nomination = Nomination(
            code=f"NEAR{holder.id:04d}"[-8:],
            category_id=side["category_id"],
            project_id=side["project_id"],
            cell_id=cell.id,
            teacher_id=teacher.id,
            school_id=teacher.organisation_id,
            nominator_id=holder.id,
            quota_path=holder.quota_path,
            waits_at_id=holder.id,
            entered_by_id=by.id,
            entered_by=by.name,
            evidence=evidence,
            note=f"{mark}备注",
        )
        world.session.add(nomination)
        use_places({cell.id: 1})
        world.session.flush()
        note("enter", nomination, "", viewer_of(by), t("Nominated %(name)s", name=teacher.name))
        side |= {"nomination_id": nomination.id}


def _bans(world: World) -> None:
    """A ban with its evidence, an objection to it, a line of the file; the near teacher has an account."""
    by, now = world.viewer("PO"), clock.now()
    for side, mark in ((world.near, ""), (world.far, CANARY)):
        teacher = world.session.get_one(Teacher, side["teacher_id"])
        file = files.store(_blank_pdf(), f"{mark}考勤.pdf", "integrity", by=by)
        training = f"{mark}班"
        facts: dict[str, Any] = {"training_name": training, "evidence": file}
        ban = propose(teacher, "no_show", event_on=DAY, now=now, by=by, **facts)
        objection = BanObjection(
            ban_id=ban.id,
            kind="objection",
            text=f"{mark}住院",
            by_id=by.user_id,
            by_name=f"{mark}教师",
            at=now,
            evidence_file_ids=[file.id],
        )
        line = note_result(teacher, "no_show", on_date=DAY, by=by, source=training, evidence=file)
        assert line is not None
        world.session.add(objection)
        world.session.flush()
        side |= {"ban_id": ban.id, "objection_id": objection.id, "record_id": line.id}
        side |= {"file_id": file.id}
    world.session.get_one(Teacher, world.near["teacher_id"]).user_id = world.people["TE"].id


def _around_the_plan(world: World, plan: Plan, window: Window) -> dict[str, Any]:
    """A draft edition, a supplementary notice, an attachment, an extension; words of addresses."""
    by = world.viewer("PO")
    edition = copy("henan-2023", code="own-2023", title="自有规则", by=by, at=clock.now())
    notice = SupplementaryNotice(
        plan_id=plan.id,
        doc_number="教办师〔2023〕2号",
        title="补充通知",
        effective_on=DAY,
        changes={},
        touches=[],
        prepared_by_id=by.user_id,
    )
    document = PlanDocument(
        plan_id=plan.id,
        file=files.store(_blank_pdf(), "通知.pdf", "plan", by=by, org_path="/"),
        title="通知",
    )
    extension = Extension(
        window_id=window.id,
        organisation_id=world.bodies["county"].id,
        closes_at=window.closes_at + timedelta(days=3),
        reason="汛情",
    )
    world.session.add_all([notice, document, extension])
    world.session.flush()
    return {
        "edition_id": edition.id,
        "notice_id": notice.id,
        "document_id": document.id,
        "extension_id": extension.id,
        "rule_id": "HN-38",
        "group": "quotas",
        "key": "quotas.split_due",
        "step": "submit",
        "where": "left",
    }
