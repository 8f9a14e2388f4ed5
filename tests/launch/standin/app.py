"""A site in one file that answers as the real one does, for the tests of the launcher."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import Any

import click
import psycopg
from flask import Flask, redirect, request

from provincial.adapters.durability import libpq_url

app = Flask(__name__)
ACCOUNT = {
    "user": "chen",
    "password": "a plain word",
    "role": "province",
    "organisation": "省教育厅",
}


def connect() -> psycopg.Connection[Any]:
    return psycopg.connect(libpq_url(os.environ["DATABASE_URL"]))


@app.get("/healthz")
def healthz() -> str:
    with connect() as connection:
        row = connection.execute("SELECT count(*) FROM demo").fetchone()
    return f"demonstrations {row[0]}"


@app.get("/pid")
def pid() -> str:
    return str(os.getpid())


@app.get("/")
def front() -> str:
    return "<title>Front</title><a href='/sign-in'>登录</a>"


@app.get("/site-map")
def site_map() -> str:
    return "<title>Map</title>"


@app.get("/home")
def home() -> Any:
    if request.cookies.get("who") != ACCOUNT["user"]:
        return redirect("/sign-in", 303)
    return f"<title>Home</title>{ACCOUNT['organisation']}"


@app.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    if request.method == "POST":
        right = request.form["password"] == ACCOUNT["password"]
        if right and request.form["csrf_token"] == "word":
            answer = redirect("/home", 303)
            answer.set_cookie("who", request.form["login"])
            return answer
    return (
        "<form method=post><input type=hidden name=csrf_token value=word>"
        "<input name=login><input name=password type=password></form>"
    )


@app.cli.group("db")
def db_group() -> None:
    pass


@db_group.command()
def upgrade() -> None:
    with connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num text)")
        connection.execute("CREATE TABLE IF NOT EXISTS demo (id int)")


@app.cli.group()
def demo() -> None:
    pass


@demo.command()
def load() -> None:
    with connect() as connection:
        connection.execute("INSERT INTO demo VALUES (1)")


@demo.command()
@click.option("--json", "as_json", is_flag=True)
def accounts(as_json: bool) -> None:
    click.echo(json.dumps([ACCOUNT]) if as_json else "")


@app.cli.command()
def worker() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    stop.wait()
