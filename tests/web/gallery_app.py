"""A small application that shows every component with invented values; no database, no rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, render_template, request, session
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.file import FileField
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

import provincial
from provincial.web import filters
from tests.web import gallery_data as data

ROOT = Path(provincial.__file__).parent
CSP = (
    "default-src 'none'; script-src 'self' 'nonce-gallery'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class SampleForm(FlaskForm):
    """One field of each kind."""

    version = HiddenField(default="3")
    key = HiddenField(default="k")
    name = StringField("机构名称", validators=[InputRequired("请填写机构全称。"), Length(max=60)])
    places = IntegerField(
        "名额",
        description="各地要足额完成推荐任务。",
        validators=[
            InputRequired("请填写 0 以上的整数。"),
            NumberRange(0, 99, "最多 99 个；请改小。"),
        ],
    )
    kind = SelectField("单位类别", choices=[("city", "省辖市"), ("county", "省直管县(市)")])
    mode = RadioField("方式", choices=[("a", "集中研修"), ("b", "混合式")], default="a")
    opens = DateField("开班日期", validators=[InputRequired("请选择日期。")])
    note = TextAreaField("说明")
    agreed = BooleanField("已向参训教师说明三年内不得重复参加")


class ReasonForm(FlaskForm):
    """What a grave act asks for."""

    version = HiddenField(default="3")
    key = HiddenField(default="k")
    reason = TextAreaField("理由", validators=[InputRequired("请写明理由。")])


class FileForm(FlaskForm):
    """The first step of an import."""

    file = FileField("名额分配一览表")


def make_gallery(translations: str = "") -> Flask:
    """The gallery; ``translations`` is a folder of compiled catalogues (else English)."""
    app = Flask("gallery", static_folder=str(ROOT / "static"), static_url_path="/static")
    app.config.update(
        SECRET_KEY="gallery", BOOTSTRAP_SERVE_LOCAL=True, BABEL_DEFAULT_LOCALE="zh_Hans"
    )
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = translations or "translations"
    here = Path(__file__).parent / "gallery"
    app.jinja_loader = ChoiceLoader(  # type: ignore[assignment]
        [FileSystemLoader(here), FileSystemLoader(ROOT / "templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    Bootstrap5(app)
    Babel(app, locale_selector=lambda: request.args.get("lang", "zh_Hans"))
    filters.init_app(app)

    @app.context_processor
    def frame() -> dict[str, Any]:
        stranger = request.path.startswith("/public") or request.path.startswith("/error")
        return {
            "viewer": None if stranger else data.VIEWER,
            "site": data.SITE,
            "locale": request.args.get("lang", "zh_Hans"),
            "large": bool(session.get("large") or request.args.get("large")),
            "csp_nonce": "gallery",
            "now": data.NOW,
            "places": [] if stranger else data.places(),
            "plans": [] if stranger else data.PLANS,
            "current_plan": None if stranger else data.PLANS[0],
            "unread": 3,
            "memberships": data.MEMBERSHIPS,
            "idle_left": 0,
            "mandate": None,
            "acting_role": "Provincial officer",
            "support_view": (
                data.Thing(user_name="张敏", ends_at=data.NOW)
                if request.args.get("support")
                else None
            ),
        }

    @app.after_request
    def protect(response: Any) -> Any:
        response.headers["Content-Security-Policy"] = CSP
        return response

    @app.get("/gallery", endpoint="gallery")
    @app.get("/gallery/<name>", endpoint="gallery")
    @app.get("/public/<name>", endpoint="public")
    def gallery(name: str = "list") -> str:
        form = SampleForm(data={"places": 120, "mode": "a"}, meta={"csrf": False})
        form.validate()
        form.form_errors.append("提交截止时间已过，可申请延期。")
        return render_template(
            f"{name}.html",
            data=data,
            form=form,
            fresh=SampleForm(formdata=None),
            reason_form=ReasonForm(formdata=None),
            file_form=FileForm(formdata=None),
            grid_data=data.grid(),
            board_data=data.board(),
        )

    @app.get("/")
    def home() -> str:
        empty = bool(request.args.get("empty"))
        return render_template(
            "desk/home/home.html",
            todo=[] if empty else data.TODO,
            changes=[] if empty else data.EVENTS,
            more_changes=False,
            figures=[] if empty else data.FIGURES,
            waiting=0 if empty else len(data.TODO),
            steps=[],
        )

    @app.get("/error/<int:code>")
    def error(code: int) -> str:
        return render_template(
            "errors/error.html",
            code=code,
            title="页面不存在",
            message="您要找的页面不存在，或不属于您所在的单位。",
            request_id="3f9c1e0b7a42",
            kept=[("reason", "该校符合条件的教师已调出。")] if code == 422 else [],
        )

    return app
