"""What the site is told from outside, read once; a missing or unsafe value stops the start (R29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class UnsafeSettings(RuntimeError):
    """The environment asks for something this site will not run with."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the header and foot of a government page carry; empty values are left out."""

    name: str
    host: str
    contact: str
    icp: str
    police: str
    site_code: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. ``database_url`` empty means the embedded server below ``instance``."""

    instance: Path
    database_url: str
    production: bool
    public_url: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    smtp_url: str
    mail_sender: str
    storage_url: str
    #: Minutes without a request after which a session ends: of officers, and of teachers and experts.
    idle_minutes: int
    idle_minutes_others: int
    #: Roles that must have a second factor (R23); demonstration accounts are never asked.
    second_factor_roles: frozenset[str]
    site: Site

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure (and ``__Host-``) when the public address is https."""
        return urlsplit(self.public_url).scheme == "https"


def read_settings(environ: Mapping[str, str], root: Path) -> Settings:
    """Read ``environ``; ``root`` is the checkout, below which ``instance`` lies by default."""
    production = environ.get("PTP_PRODUCTION", "") not in ("", "0")
    public_url = environ.get("PUBLIC_URL", f"http://127.0.0.1:{environ.get('PORT', '8000')}")
    instance = Path(environ.get("PTP_INSTANCE") or root / "instance").resolve()
    hosts = tuple(filter(None, environ.get("TRUSTED_HOSTS", "").split(",")))
    settings = Settings(
        instance=instance,
        database_url=environ.get("DATABASE_URL", ""),
        production=production,
        public_url=public_url.rstrip("/"),
        trusted_hosts=hosts,
        proxies=int(environ.get("PTP_PROXIES", "0")),
        smtp_url=environ.get("SMTP_URL", ""),
        mail_sender=environ.get("MAIL_SENDER", ""),
        storage_url=environ.get("STORAGE_URL", ""),
        idle_minutes=_minutes(environ, "IDLE_MINUTES", 15),
        idle_minutes_others=_minutes(environ, "IDLE_MINUTES_OTHERS", 30),
        second_factor_roles=_roles(environ, production),
        site=Site(
            name=environ.get("SITE_NAME", "中小学教师培训计划管理平台"),
            host=environ.get("SITE_HOST", ""),
            contact=environ.get("SITE_CONTACT", ""),
            icp=environ.get("SITE_ICP", ""),
            police=environ.get("SITE_POLICE", ""),
            site_code=environ.get("SITE_CODE", ""),
            demonstration=not production,
        ),
    )
    _refuse_unsafe(settings, environ)
    return settings


def _minutes(environ: Mapping[str, str], name: str, usual: int) -> int:
    """Minutes of an idle limit: 6 at least, so that the warning before it can be read."""
    typed = environ.get(name, "") or str(usual)
    if not (typed.isascii() and typed.isdigit() and 6 <= int(typed) <= 720):
        raise UnsafeSettings(f"{name} must be a whole number of minutes from 6 to 720.")
    return int(typed)


def _roles(environ: Mapping[str, str], production: bool) -> frozenset[str]:
    """``SECOND_FACTOR_ROLES``: names divided by commas, or ``none``; by default who runs a live site."""
    usual = "province_administrator,system_administrator,auditor" if production else "none"
    typed = environ.get("SECOND_FACTOR_ROLES", "") or usual
    return frozenset(name.strip() for name in typed.split(",")) - {"", "none"}


def _refuse_unsafe(settings: Settings, environ: Mapping[str, str]) -> None:
    if settings.database_url and not settings.database_url.startswith("postgresql"):
        raise UnsafeSettings("DATABASE_URL must name a PostgreSQL database (15 or newer).")
    if not settings.production:
        return
    if environ.get("FLASK_DEBUG", "") not in ("", "0"):
        raise UnsafeSettings("Debug mode cannot be used in production: unset FLASK_DEBUG.")
    if not settings.secure_cookies:
        raise UnsafeSettings("In production PUBLIC_URL must be an https address.")
    if not settings.trusted_hosts:
        raise UnsafeSettings("In production TRUSTED_HOSTS must list the host names served.")
