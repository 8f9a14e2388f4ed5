"""A small province with a category of two columns, for tests of places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from provincial.core import clock
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.allocations.actions import issue_table, root_sheet
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.rulebook.loader import builtin


@dataclass
class Tree:
    """A province, two cities, a province-managed county, counties and schools."""

    session: Session
    bodies: dict[str, Organisation] = field(default_factory=dict)

    def add(self, kind: str, name: str, parent: str = "", quota_parent: str = "") -> Organisation:
        """A body below ``parent``; ``quota_parent`` where the quota tree differs."""
        above = self.bodies.get(parent)
        giver = self.bodies.get(quota_parent) or above
        body = Organisation(
            kind=kind,
            code=f"T{len(self.bodies)}",
            name=name,
            name_key=name,
            parent_id=above.id if above else None,
            quota_parent_id=giver.id if giver else None,
            sort_order=len(self.bodies),
            contact_name="联系人",
            contact_phone="x",
            contact_email="contact@example.cn",
        )
        self.session.add(body)
        self.session.flush()
        body.path = f"{above.path if above else '/'}{body.id}/"
        body.quota_path = f"{giver.quota_path if giver else '/'}{body.id}/"
        self.bodies[name] = body
        self.session.flush()
        return body

    def viewer(self, name: str, role: str = "bureau_officer", user_id: int = 7) -> Viewer:
        """Somebody who acts for a body."""
        body = self.bodies[name]
        return Viewer(
            user_id, "测试员", body.id, body.name, body.kind, body.path, body.quota_path, role
        )

    def sheet(self, name: str) -> QuotaSheet:
        """The sheet of a body in the tree's category."""
        found = ledger.sheet_of(self.category.id, self.bodies[name].id)
        assert found is not None
        return found

    def make_plan(self) -> None:
        """A plan with one category and two columns, without a deadline."""
        plan = Plan(
            code="t-1",
            title="测试计划的通知",
            year=2023,
            rulebook_code="henan-2023",
            rulebook=builtin("henan-2023").to_data(),
            doc_number="教办师〔2023〕1号",
            contacts=[{"office": "教师教育处", "person": "某某", "phone": "0371-0000000"}],
        )
        plan.state, plan.prepared_by_id, plan.issued_by_id = "issued", 1, 2
        plan.issued_at = clock.now()
        self.session.add(plan)
        self.session.flush()
        self.plan = plan
        self.category = ProjectCategory(
            plan_id=plan.id,
            code="key_teacher_cultivation",
            name="省级骨干教师培育",
            has_quota_table=True,
        )
        self.session.add(self.category)
        self.session.flush()
        self.projects = [
            Project(
                category_id=self.category.id,
                position=n,
                stage="primary",
                subject=code,
                name=f"小学{name}",
            )
            for n, (code, name) in enumerate((("chinese", "语文"), ("mathematics", "数学")))
        ]
        self.session.add_all(self.projects)
        self.session.flush()

    def issue(self, table: dict[str, list[int]]) -> None:
        """Issue ``{unit: [places per column]}``."""
        root = root_sheet(self.category)
        wanted = {
            (self.bodies[unit].id, project.id): n
            for unit, row in table.items()
            for project, n in zip(self.projects, row, strict=True)
        }
        issue_table(
            root,
            wanted,
            by=self.viewer("省", "province_officer", 2),
            made_by="甲",
            reason="更正",
        )

    def wanted(self, rows: dict[str, list[int]]) -> dict[tuple[int, int], int]:
        """``{body: [places]}`` as the actions take it."""
        return {
            (self.bodies[name].id, project.id): n
            for name, row in rows.items()
            for project, n in zip(self.projects, row, strict=True)
        }

    def held(self, name: str) -> list[int]:
        """What a body holds, by column."""
        return self._figures(name, "held")

    def given(self, name: str) -> list[int]:
        """What a body has given, by column."""
        return self._figures(name, "given")

    def _figures(self, name: str, which: str) -> list[int]:
        sheet = ledger.sheet_of(self.category.id, self.bodies[name].id)
        cells = ledger.cells_of([sheet.id]) if sheet else {}
        by_project = {project: getattr(facts, which) for (_s, project), facts in cells.items()}
        return [by_project.get(project.id, 0) for project in self.projects]


def small_province(session: Session) -> Tree:
    """The province that most tests use."""
    tree = Tree(session)
    tree.add("provincial_office", "省")
    tree.add("prefecture_city", "甲市", "省")
    tree.add("prefecture_city", "乙市", "省")
    tree.add("county", "甲一县", "甲市")
    tree.add("county", "甲二县", "甲市")
    tree.add("county", "乙一县", "乙市")
    tree.add("province_managed_county", "直管县", "甲市", "省")
    tree.add("school", "甲一县一小", "甲一县")
    tree.add("school", "甲一县二小", "甲一县")
    tree.make_plan()
    return tree


def wrong_cells(session: Session) -> Sequence[object]:
    """Cells that are not the sum of their entries, or whose given is not what the children hold."""
    return session.execute(
        text(
            """
            select q.id from quota q
            where q.held <> coalesce((select sum(delta) from quota_entry e where e.quota_id = q.id), 0)
               or q.given <> coalesce((select sum(delta) from quota_entry e where e.parent_quota_id = q.id), 0)
               or q.given <> coalesce((select sum(c.held) from quota c join quota_sheet s on s.id = c.sheet_id
                                       where s.parent_id = q.sheet_id and c.project_id = q.project_id), 0)
            """
        )
    ).all()
