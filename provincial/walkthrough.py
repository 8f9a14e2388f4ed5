"""The main job of the site, walked through HTTP as its users would: what ``./run --check`` does.

Each step is a function that takes the ``Walk`` and raises ``StepError`` with one sentence.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from provincial.handmade import Table, check_board, read_table, write_table
from provincial.webclient import Browser, Form, Page, Upload

PDF_SECONDS = 90.0
_CATEGORY = "省级骨干教师培育"
_REASON = "核对教师数后调整"


@dataclass(frozen=True)
class Account:
    """A demonstration account as ``flask demo accounts --json`` lists it."""

    user: str
    password: str
    role: str
    organisation: str


class StepError(RuntimeError):
    """A step did not end as it must."""


@dataclass
class Walk:
    """What the steps share: the site's address, the accounts, and what earlier steps noted."""

    site: str
    accounts: Sequence[Account]
    notes: dict[str, str] = field(default_factory=dict)
    table: Table = field(default_factory=Table)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def account(self, user: str) -> Account:
        """The account with this sign-in name."""
        for account in self.accounts:
            if account.user == user:
                return account
        raise StepError(f"there is no demonstration account {user}")

    def as_user(self, user: str) -> Browser:
        """A browser in which this account is signed in."""
        if user not in self._browsers:
            self._browsers[user] = sign_in(self.site, self.account(user))
        return self._browsers[user]

    def sheet_of(self, user: str) -> str:
        """The address of the places that this account's body holds."""
        page = expect(self.as_user(user).get("/quotas/"))
        return page.link("/quotas/sheets/")


def expect(page: Page, *, status: int = 200, text: str = "") -> Page:
    """The page itself when it has this status and holds this text; else ``StepError``."""
    if page.status != status:
        raise StepError(f"{page.url} answered {page.status} instead of {status}: {page.text[:300]}")
    if text not in page.text:
        raise StepError(f"{page.url} does not say {text!r}: {page.text[:300]}")
    return page


def sign_in(site: str, account: Account) -> Browser:
    """Sign in through the form and hand back the browser."""
    browser = Browser(site)
    page = expect(browser.get("/sign-in?next=/home"))
    form = page.form_with("login", "password")
    after = expect(browser.submit(form, login=account.user, password=account.password))
    if urlsplit(after.url).path != "/home":
        raise StepError(f"{account.user} was not let in: {after.text[:300]}")
    return browser


def form_to(page: Page, ending: str) -> Form:
    """The form of a page whose address ends so."""
    for form in page.forms:
        if urlsplit(form.action).path.endswith(ending):
            return form
    raise StepError(f"{page.url} has no form to {ending}: {page.text[:300]}")


def _workbook(browser: Browser, page: str, ending: str) -> Table:
    """The workbook that a page hands out by the form whose address ends so."""
    form = form_to(expect(browser.get(page)), ending)
    return read_table(expect(browser.submit(form)).body)


def _health(walk: Walk) -> None:
    expect(Browser(walk.site).get("/healthz"))


def _front_page(walk: Walk) -> None:
    visitor = Browser(walk.site)
    expect(visitor.get("/"))
    expect(visitor.get("/site-map"))
    closed = expect(visitor.get("/home"))
    if urlsplit(closed.url).path != "/sign-in":
        raise StepError("home opened without signing in")


def _homes(walk: Walk) -> None:
    if not walk.accounts:
        raise StepError("the demonstration has no accounts")
    for account in walk.accounts:
        expect(sign_in(walk.site, account).get("/home"), text=account.organisation)


def _import(walk: Walk) -> None:
    """An officer brings in a table that differs from the one in force."""
    officer = walk.as_user("province1")
    walk.notes["category"] = expect(officer.get("/allocations/")).link(_CATEGORY)
    category = walk.notes["category"]
    walk.table = _workbook(officer, category, "/template")
    units = walk.table.units
    for unit, column, change in (
        ("洛阳市", 0, 5),
        ("洛阳市", 17, 3),
        ("郑州市", 3, 7),
        ("鹤壁市", 1, -2),
    ):
        units[unit][column] += change
    data = write_table(walk.table, "省级骨干教师培育项目名额分配一览表（调整）")
    page = expect(officer.get(f"{category}/import"))
    checked = expect(officer.submit(page.form_with("file"), file=Upload("调整后的名额.xlsx", data)))
    kept = expect(officer.submit(form_to(checked, "/confirm")))
    walk.notes["table"] = kept.url
    form = form_to(kept, "/submit")
    expect(officer.submit(form), status=422)  # a correction says why
    again = expect(officer.submit(form_to(officer.get(kept.url), "/submit"), reason=_REASON))
    if any(urlsplit(form.action).path.endswith("/issue") for form in again.forms):
        raise StepError("the maker of a table may issue it alone")


def _issue(walk: Walk) -> None:
    """The second officer issues it, and every unit's letter is there."""
    second = walk.as_user("province2")
    page = expect(second.get(walk.notes["table"]))
    expect(second.submit(form_to(page, "/issue")))
    board = _board(walk)
    if {unit: held for unit, (held, _g) in board.items() if unit in walk.table.units} != {
        unit: sum(row) for unit, row in walk.table.units.items()
    }:
        raise StepError("the board does not show the figures of the table that was issued")


def _board(walk: Walk) -> dict[str, tuple[int, int]]:
    """The whole board as a workbook, with every sum checked."""
    officer = walk.as_user("province1")
    page = expect(officer.get(f"{walk.notes['category']}/board".replace("allocations", "quotas")))
    answer = expect(officer.submit(form_to(page, "/export")))
    try:
        figures = check_board(answer.body)
    except ArithmeticError as error:
        raise StepError(f"the board's sums do not add up: {error}") from error
    return figures


def _split_by_grid(walk: Walk) -> None:
    """A city hands out what it still holds, to the district that goes on to its schools."""
    city = walk.as_user("zhengzhou")
    sheet = walk.sheet_of("zhengzhou")
    page = expect(city.get(f"{sheet}/split"))
    form = page.form_with("opened_with")
    too_much = form.values | {_cells(form)[0][0]: "99999"}
    expect(city.submit(form, **too_much), status=422)
    form = expect(city.get(f"{sheet}/split")).form_with("opened_with")
    filled = _filled_up(form, walk.table.units["郑州市"])
    expect(city.submit(form, **filled))
    _lock(city, sheet)


def _cells(form: Form) -> list[list[str]]:
    """The names of a grid's inputs, row by row; columns in the order of the projects."""
    rows: dict[int, list[tuple[int, str]]] = {}
    for name in form.names:
        body, separator, project = name.removeprefix("c").partition("_")
        if name.startswith("c") and separator and body.isdigit() and project.isdigit():
            rows.setdefault(int(body), []).append((int(project), name))
    return [[name for _project, name in sorted(rows[body])] for body in sorted(rows)]


def _filled_up(form: Form, held: Sequence[int]) -> dict[str, str]:
    """What is left of each column goes to the rows one by one, starting with the first."""
    rows = _cells(form)
    values: dict[str, str] = {}
    for column, places in enumerate(held):
        names = [row[column] for row in rows]
        now = [int(form.values.get(name) or 0) for name in names]
        left = places - sum(now)
        each, rest = divmod(left, len(names))
        for at, name in enumerate(names):
            values[name] = str(now[at] + each + (at < rest))
    return values


def _lock(browser: Browser, sheet: str) -> None:
    page = expect(browser.get(f"{sheet}/lock"))
    expect(browser.submit(form_to(page, "/lock")), text="已锁定")


def _split_by_workbook(walk: Walk) -> None:
    """Another city fills in the workbook and hands it in; one place is left to give back."""
    city = walk.as_user("luoyang")
    sheet = walk.sheet_of("luoyang")
    table = _workbook(city, f"{sheet}/import", "/workbook")
    if table.own != walk.table.units["洛阳市"]:
        raise StepError(f"the workbook says {table.own} are held")
    names = list(table.units)
    for column, places in enumerate(table.own):
        each, rest = divmod(places - (column == 0), len(names))
        for at, name in enumerate(names):
            table.units[name][column] = each + (at < rest)
    page = expect(city.get(f"{sheet}/import"))
    data = write_table(table, "洛阳市名额分解表")
    checked = expect(city.submit(page.form_with("file"), file=Upload("分解.xlsx", data)))
    expect(city.submit(form_to(checked, "/confirm")))
    page = expect(city.get(f"{sheet}/give-back"))
    form = page.form_with("places", "reason")
    expect(city.submit(form, places="1"), status=422)  # giving back says why
    expect(city.submit(form, places="1", reason="无合适人选"))
    _lock(city, sheet)
    held, given = _board(walk)["洛阳市"]
    if (held, given) != (sum(walk.table.units["洛阳市"]) - 1,) * 2:
        raise StepError(f"洛阳市 holds {held} and has handed down {given}")


def _split_to_schools(walk: Walk) -> None:
    """A district and a province-managed county hand theirs to their schools, and lock."""
    for user, unit in (("jinshui", "金水区"), ("gongyi", "巩义市")):
        browser, sheet = walk.as_user(user), walk.sheet_of(user)
        form = expect(browser.get(f"{sheet}/split")).form_with("opened_with")
        held = _workbook(browser, f"{sheet}/import", "/workbook").own
        expect(browser.submit(form, **_filled_up(form, held)))
        _lock(browser, sheet)
        figures = _board(walk)[unit]
        if figures[0] != figures[1] or figures[0] != sum(held):
            raise StepError(f"{unit} holds {figures[0]} and has handed down {figures[1]}")


def _letter(walk: Walk) -> None:
    """A letter's PDF arrives, and its code tells whoever asks what became of it."""
    city = walk.as_user("luoyang")
    page = expect(city.get(walk.sheet_of("luoyang")))
    letters = [url for url, _text in page.links if "/papers/" in url]
    states = []
    for letter in dict.fromkeys(letters):
        shown = expect(city.get(letter))
        token = urlsplit(shown.link("/v/")).path
        states.append(_state(expect(Browser(walk.site).get(token)).text))
        if states[-1] == "valid":
            pdf = _pdf(city, letter)
            visitor = Browser(walk.site)
            form = expect(visitor.get(token)).form_with("file")
            expect(visitor.submit(form, file=Upload("a.pdf", pdf)), text="与印发的文件完全一致")
            changed = expect(visitor.get(token)).form_with("file")
            tampered = Upload("a.pdf", pdf + b"\n")
            expect(visitor.submit(changed, file=tampered), text="与印发的文件不一致")
    if sorted(states) != ["replaced", "valid"]:
        raise StepError(f"the letters to 洛阳市 are {states}: one is valid, the first is replaced")


def _state(text: str) -> str:
    return "replaced" if "已被替代" in text else "valid" if "有效" in text else "unknown"


def _pdf(browser: Browser, letter: str) -> bytes:
    """The PDF as soon as the worker has laid it out."""
    deadline = time.monotonic() + PDF_SECONDS
    while time.monotonic() < deadline:
        answer = expect(browser.get(f"{letter}/pdf"))
        if answer.kind == "application/pdf" and answer.body.startswith(b"%PDF-"):
            return answer.body
        time.sleep(0.5)
    raise StepError(f"{letter} was not laid out within {PDF_SECONDS:.0f} seconds")


def _permissions(walk: Walk) -> None:
    """What lies outside one's scope does not exist; what is inside but not one's own is refused."""
    other = walk.sheet_of("luoyang")
    county = walk.as_user("jinshui")
    for address in (other, f"{other}/split", f"{other}/import"):
        expect(county.get(address), status=404)
    expect(county.get("/allocations/"), status=403)
    expect(county.get(walk.notes["table"]), status=403)
    own = walk.sheet_of("jinshui")
    expect(walk.as_user("zhengzhou").get(own))
    expect(walk.as_user("zhengzhou").get(f"{own}/split"), status=403)


def _search(walk: Walk) -> None:
    found = expect(walk.as_user("zhengzhou").get("/search?q=jinshuiqu"), text="金水区")
    if "洛阳市" in found.text:
        raise StepError("a city finds what belongs to another")


def _sign_out(walk: Walk) -> None:
    browser = walk.as_user("province2")
    expect(browser.submit(form_to(browser.get("/home"), "/sign-out")))
    if urlsplit(browser.get("/home").url).path != "/sign-in":
        raise StepError("home still opens after signing out")


STEPS: tuple[tuple[str, Callable[[Walk], None]], ...] = (
    ("The site says that it is well", _health),
    ("The public front page opens, and home only to those signed in", _front_page),
    ("Every demonstration account signs in and has its home", _homes),
    ("An officer imports a changed quota table: checked, kept, submitted", _import),
    ("A second officer issues it, and the board shows it", _issue),
    ("A city splits to its counties in the grid and locks", _split_by_grid),
    ("Another splits by spreadsheet, gives a place back and locks", _split_by_workbook),
    ("Counties split to their schools, and every sum adds up", _split_to_schools),
    ("The letter arrives as PDF and verifies; the old one says it is replaced", _letter),
    ("Nobody sees or does what is not theirs", _permissions),
    ("The search finds what is in scope", _search),
    ("Signing out ends the session", _sign_out),
)


def walk(site: str, accounts: Sequence[Account]) -> bool:
    """Walk all steps and print each; stops at the first that fails."""
    state = Walk(site, accounts)
    for name, step in STEPS:
        try:
            step(state)
        except (StepError, LookupError, OSError) as error:
            _print(f"  FAILED  {name}: {error}")
            return False
        except Exception:  # noqa: BLE001  a broken step is a failed check, told in full
            _print(f"  FAILED  {name}:\n{traceback.format_exc()}")
            return False
        _print(f"  ok      {name}")
    return True


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
