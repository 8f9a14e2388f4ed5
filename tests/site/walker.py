"""Opens any endpoint as any of the people of the small province, each time as if for the first time.

Every request runs inside a savepoint that is rolled back: what one request changes, the next one
does not see. What a request wrote is counted by PostgreSQL itself, table by table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from provincial.core import clock
from provincial.core.db import db
from provincial.people.figures.documents import workbook as figures_workbook
from provincial.people.rosters.documents import template as teachers_workbook
from provincial.people.schools.documents import template as schools_workbook
from provincial.planning.allocations.actions import prepare
from provincial.planning.allocations.documents import workbook as table_workbook
from provincial.planning.banlists.documents import template as bans_workbook
from provincial.planning.copies.models import NominationCopy
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.namelists.documents import template as names_workbook
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.workbooks.importer import workbook as split_workbook
from tests.people.factories import first_membership, sign_in
from tests.site.states import special_states
from tests.site.world import PEOPLE, World, build_world

#: A request only notes that its session is alive, and counts tries against guessing.
NOT_A_WRITE = {"user_session", "app_user", "rate_counter"}
#: Endpoints of files, whose routes end in a path.
FILES = {"static": "tokens.css", "bootstrap.static": "css/bootstrap.min.css"}
STRANGER = "--"
WHO = (*PEOPLE, STRANGER)

_WRITES = text(
    "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
    "WHERE schemaname = 'public'"
)


@dataclass
class Answer:
    """What came back, and which tables the request wrote."""

    url: str
    method: str
    status: int
    headers: dict[str, str]
    location: str
    data: bytes
    wrote: frozenset[str]

    @property
    def is_page(self) -> bool:
        """Whether this is a whole HTML page."""
        is_html = self.headers.get("Content-Type", "").startswith("text/html")
        whole = b"<!doctype html>" in self.data[:100].lower()
        return is_html and whole and not 300 <= self.status < 400

    @property
    def text(self) -> str:
        """The body as text."""
        return self.data.decode("utf-8", "replace")

    @property
    def letter(self) -> str:
        """The verdict as the access table writes it."""
        if self.status >= 500 and self.status != 503:
            return "!"
        if self.status in (401, 403):
            return "3"
        if self.status == 404:
            return "4"
        if self.location.partition("?")[0].endswith("/sign-in"):
            return ">"
        return "+"


@dataclass
class Walker:
    """The site with its small province, seen by everybody."""

    app: Flask
    connection: Connection
    world: World
    sides: dict[str, dict[str, Any]]
    special: dict[str, dict[str, dict[str, Any]]]
    tokens: dict[str, str]

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """One rule per endpoint."""
        return {rule.endpoint: rule for rule in self.app.url_map.iter_rules()}

    def methods(self, endpoint: str) -> set[str]:
        """What an endpoint takes, over all its addresses."""
        return {
            method
            for rule in self.app.url_map.iter_rules(endpoint)
            for method in rule.methods or ()
        } - {"HEAD", "OPTIONS"}

    def address(self, endpoint: str, side: str, who: str = "PA") -> str:
        """The address of an endpoint for the thing on one side."""
        values = dict(self.sides[side])
        values |= self.special.get(endpoint, {}).get(side, {})
        values["filename"] = FILES.get(endpoint, "")
        if endpoint.startswith("rulebooks."):
            values["code"] = "henan-2023"
        if endpoint == "accounts.end_session":
            values["session_id"] = self.sessions[
                who if side == "near" and who in PEOPLE else "far_KO"
            ]
        rule = self.rules[endpoint]
        missing = rule.arguments - values.keys()
        assert not missing, f"tests/site/world.py has no {missing} for {endpoint}"
        with self.app.test_request_context():
            return self.app.url_for(endpoint, **{name: values[name] for name in rule.arguments})

    def has_far(self, endpoint: str) -> bool:
        """Whether there is a thing of this kind on the far side."""
        if endpoint in FILES or not self.rules[endpoint].arguments:
            return False
        return self.address(endpoint, "near") != self.address(endpoint, "far")

    def look(self, endpoint: str, side: str, who: str, language: str = "zh_Hans") -> Answer:
        """GET where it can be had, else POST with nothing in it."""
        method = "GET" if "GET" in self.methods(endpoint) else "POST"
        return self.request(self.address(endpoint, side, who), method, who, language)

    def request(
        self,
        url: str,
        method: str,
        who: str,
        language: str = "zh_Hans",
        look: Callable[[Connection], object] = lambda _connection: None,
    ) -> Answer:
        """One request, forgotten afterwards; ``look`` may read what it left before that."""
        client = self.client(who)
        with client.session_transaction() as frame:
            frame["language"] = language
        savepoint = self.connection.begin_nested()
        before = dict(self.connection.execute(_WRITES).tuples().all())
        try:
            answer: TestResponse = client.open(url, method=method, buffered=True)
            after = dict(self.connection.execute(_WRITES).tuples().all())
            look(self.connection)
        finally:
            savepoint.rollback()
        wrote = {name for name, n in after.items() if n != before.get(name, 0)} - NOT_A_WRITE
        return Answer(
            url,
            method,
            answer.status_code,
            dict(answer.headers),
            answer.headers.get("Location", ""),
            answer.data,
            frozenset(wrote),
        )

    def client(self, who: str) -> FlaskClient:
        """A fresh browser, signed in as one of the people, or as nobody."""
        client = self.app.test_client()
        if who != STRANGER:
            client.set_cookie("sid", self.tokens[who])
        return client

    @property
    def sessions(self) -> dict[str, int]:
        """The numbers of the sessions by person."""
        return self.sides["sessions"]


def build_walker(app: Flask, connection: Connection) -> Walker:
    """The small province with everybody signed in, and a run of each import."""
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    world = build_world(db.session())
    tokens, sessions = {}, {}
    for who in (*PEOPLE, "far_KO", "far_KA"):
        client = app.test_client()
        row = sign_in(client, world.people[who], first_membership(world.people[who]))
        cookie = client.get_cookie("sid")
        assert cookie is not None
        tokens[who], sessions[who] = cookie.value, row.id
    sides = {"near": world.near, "far": world.far, "sessions": sessions}
    for side in (world.near, world.far):
        side["year"] = 2022
    walker = Walker(app, connection, world, sides, {}, tokens)
    walker.special["bans.take_step"] = {"near": {"step": "dismiss"}, "far": {"step": "dismiss"}}
    _tables(walker)
    _runs(walker)
    for endpoint, values in special_states(world).items():
        walker.special.setdefault(endpoint, {}).update(values)
    db.session.commit()
    return walker


def _tables(walker: Walker) -> None:
    """A table on its way, prepared by the one provincial officer."""
    world = walker.world
    category = db.session.get_one(ProjectCategory, world.near["category_id"])
    wanted = {(world.bodies["city"].id, world.near["project_id"]): 25}
    table = prepare(category, wanted, "form", by=world.viewer("PO"))
    for side in (world.near, world.far):
        side["table_id"] = table.id


def _runs(walker: Walker) -> None:
    """Runs of each kind, as the upload pages make them."""
    world = walker.world
    category = db.session.get_one(ProjectCategory, world.near["category_id"])
    near, far = (
        db.session.get_one(QuotaSheet, side["sheet_id"]) for side in (world.near, world.far)
    )
    table, schools, figures = "/allocations/{}/import", "/schools/import", "/figures/import"
    split, teachers = "/quotas/sheets/{}/import", "/teachers/import"
    names, copies = (f"/name-lists/{category.id}/{step}" for step in ("import", "return"))
    for side, body in ((world.near, "county"), (world.far, "far_county")):
        copy = NominationCopy(
            category_id=category.id, organisation_id=world.bodies[body].id, number=1
        )
        db.session.add(copy)
        db.session.flush()
        side["copy_id"] = copy.id
    uploads = (
        ("figures", ("near", "far"), figures, figures_workbook(2023, []), "PA"),
        ("schools", ("near",), schools, schools_workbook(), "KA"),
        ("schools", ("far",), schools, schools_workbook(), "far_KA"),
        ("rosters", ("near",), teachers, teachers_workbook(), "KA"),
        ("rosters", ("far",), teachers, teachers_workbook(), "far_KA"),
        ("banlists", ("near", "far"), "/ban-lists/", bans_workbook(), "PO"),
        ("workbooks", ("near",), split.format(near.id), split_workbook(near), "KA"),
        ("workbooks", ("far",), split.format(far.id), split_workbook(far), "far_KA"),
        ("namelists", ("near",), names, names_workbook(category.name, []), "KA"),
        ("namelists", ("far",), names, names_workbook(category.name, []), "far_KA"),
        ("copies", ("near",), copies, names_workbook(category.name, []), "KA"),
        ("copies", ("far",), copies, names_workbook(category.name, []), "far_KA"),
        (
            "allocations",
            ("near", "far"),
            table.format(category.id),
            table_workbook(category, {}),
            "PO",
        ),
    )
    for number, (room, sides, url, data, who) in enumerate(uploads):
        run_id = _upload(walker, f"upload-{number}", url, data, who)
        for endpoint, rule in walker.rules.items():
            if endpoint.startswith(f"{room}.") and "run_id" in rule.arguments:
                for side in sides:
                    walker.special.setdefault(endpoint, {})[side] = {"run_id": run_id}


def _upload(walker: Walker, key: str, url: str, data: bytes, who: str) -> int:
    form = {
        "file": (BytesIO(data), "t.xlsx"),
        "year": str(clock.today().year),
        "key": key,
    }
    answer = walker.client(who).post(url, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, (url, answer.status_code, answer.text[-3000:])
    return int(answer.headers["Location"].rpartition("/")[2])
