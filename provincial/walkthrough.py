"""The main job of the site, walked through HTTP as its users would: what ``./run --check`` does.

Each step is a function that takes the ``Walk`` and raises ``StepError`` with one sentence.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provincial.webclient import Browser, Page


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
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def account(self, role: str) -> Account:
        """The first account with this role."""
        for account in self.accounts:
            if account.role == role:
                return account
        raise StepError(f"there is no demonstration account with the role {role}")

    def browser_of(self, account: Account) -> Browser:
        """A browser in which this account is signed in."""
        if account.user not in self._browsers:
            self._browsers[account.user] = sign_in(self.site, account)
        return self._browsers[account.user]


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
    page = expect(browser.get("/sign-in"))
    form = page.form_with("username", "password")
    after = expect(browser.submit(form, username=account.user, password=account.password))
    if any({"username", "password"} <= other.names for other in after.forms):
        raise StepError(f"{account.user} was not let in: {after.text[:300]}")
    return browser


def _health(walk: Walk) -> None:
    expect(Browser(walk.site).get("/healthz"))


def _front_page(walk: Walk) -> None:
    expect(Browser(walk.site).get("/"))


def _sign_in(walk: Walk) -> None:
    if not walk.accounts:
        raise StepError("the demonstration has no accounts")
    expect(walk.browser_of(walk.accounts[0]).get("/"))


STEPS: tuple[tuple[str, Callable[[Walk], None]], ...] = (
    ("The site says that it is well", _health),
    ("The public front page opens", _front_page),
    ("A demonstration account signs in", _sign_in),
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
