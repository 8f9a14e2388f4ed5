"""A province's teacher-training plan, from the official notice to the last report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from provincial import sitemap
from provincial.adapters.keys import load_keys
from provincial.adapters.postgres import ensure_server
from provincial.adapters.services import Services, configure
from provincial.adapters.storage import open_storage
from provincial.core.db import db
from provincial.settings import Settings, read_settings
from provincial.web import access, addresses, errors, filters, frame

ROOT = Path(__file__).resolve().parent.parent


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Settings, extensions, sitemap, errors, commands; refuses to start when something is unsafe."""
    settings = read_settings(os.environ if environ is None else environ, ROOT)
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.update(_flask_settings(settings))
    keys = load_keys(settings.instance / "keys", settings.production)
    store = open_storage(settings.storage_url or str(settings.instance / "files"))
    configure(Services(keys, store, settings))
    app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"] = keys.session_secrets
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), include_name=_not_the_queue)
    CSRFProtect(app)
    Bootstrap5(app)
    Compress(app)
    filters.init_app(app)
    errors.init_app(app)
    addresses.init_app(app)
    access.init_app(app)
    sitemap.mount(app)
    frame.init_app(app, settings, sitemap.surroundings)
    access.check_declared(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, object]:
    prefix = "__Host-" if settings.secure_cookies else ""
    return {
        "SQLALCHEMY_DATABASE_URI": settings.database_url or ensure_server(settings.instance),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": 10,
            "max_overflow": 10,
            "pool_pre_ping": True,
            "hide_parameters": True,  # what people typed must not stand in the log (R33)
            "connect_args": {
                "options": "-c timezone=UTC -c statement_timeout=30000 -c lock_timeout=8000 "
                "-c idle_in_transaction_session_timeout=60000"
            },
        },
        "SESSION_COOKIE_NAME": f"{prefix}frame",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": 24 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
        "MAX_FORM_PARTS": 20_000,
        "SECOND_FACTOR_ROLES": settings.second_factor_roles,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": ";".join(_catalogues()),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BOOTSTRAP_ICON_USE_FONT": True,
    }


def _catalogues() -> list[str]:
    """Each room keeps its own words; all are merged at start."""
    return sorted(
        str(folder) for folder in (ROOT / "provincial/translations").iterdir() if folder.is_dir()
    )


def _not_the_queue(name: str | None, kind: str, _parents: object) -> bool:
    """Migrations leave the queue's own tables alone."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))
