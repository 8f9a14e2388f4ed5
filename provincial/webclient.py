"""A small browser without script: pages, forms, cookies, redirects. For the walk of --check."""

from __future__ import annotations

import http.cookiejar
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin


@dataclass
class Form:
    """A form of a page with the values it would send untouched."""

    action: str
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Upload:
    """A file to send in a form's field."""

    name: str
    content: bytes
    kind: str = "application/octet-stream"


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._url = url
        self._form: Form | None = None
        self._link: tuple[str, list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "form":
            action = urljoin(self._url, given.get("action", ""))
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._link = (urljoin(self._url, given["href"]), [])
        elif self._form is not None and given.get("name"):
            self._field(self._form, tag, given)
        elif tag == "option" and self._form is not None and self._select:
            chosen = "selected" in given
            if chosen or self._select not in self._form.values:
                self._form.values[self._select] = given.get("value", "")

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given["name"]
        form.names.add(name)
        kind = given.get("type", "text" if tag == "input" else "submit").lower()
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = (name, [])
        elif tag in ("input", "button") and kind in ("submit", "image"):
            form.buttons.append((name, given.get("value", "")))
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.values[name] = given.get("value", "on")
        elif tag == "input" and kind != "file":
            form.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(self._silent - 1, 0)
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "a" and self._link is not None:
            self.links.append((self._link[0], " ".join("".join(self._link[1]).split())))
            self._link = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            self._form.values[self._area[0]] = "".join(self._area[1]).removeprefix("\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.words.append(data)
        for collector in (self._link, self._area):
            if collector is not None:
                collector[1].append(data)


class Page:
    """An answer: status, final address, bytes; and when it is HTML its text, forms and links."""

    def __init__(self, status: int, url: str, kind: str, body: bytes) -> None:
        self.status = status
        self.url = url
        self.kind = kind
        self.body = body
        reader = _Reader(url)
        if kind == "text/html":
            reader.feed(body.decode(errors="replace"))
        self.forms = reader.forms
        self.links = reader.links
        self.text = " ".join("".join(reader.words).split())

    def form_with(self, *names: str) -> Form:
        """The first form that has all of these fields; raises ``LookupError``."""
        for form in self.forms:
            if form.names.issuperset(names):
                return form
        raise LookupError(f"{self.url} has no form with {', '.join(names)}")

    def link(self, part: str) -> str:
        """The address of the first link whose address or text holds ``part``."""
        for url, text in self.links:
            if part in url or part in text:
                return url
        raise LookupError(f"{self.url} has no link with {part!r}")


class Browser:
    """One person's browser: it keeps cookies and follows redirects, and never uses a proxy."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def get(self, path: str) -> Page:
        """Fetch a page of the site."""
        return self._open(urllib.request.Request(urljoin(self._site + "/", path)))  # noqa: S310

    def submit(self, form: Form, *, press: str = "", **given: str | Upload | list[str]) -> Page:
        """Send a form with some of its fields filled in; ``press`` names the button."""
        values: dict[str, str | Upload | list[str]] = {**form.values, **given}
        values.update({name: value for name, value in form.buttons if name == press})
        if form.method == "get":
            plain = urlencode(values, doseq=True)
            return self._open(urllib.request.Request(f"{form.action}?{plain}"))  # noqa: S310
        if any(isinstance(value, Upload) for value in values.values()):
            kind, body = _multipart(values)
        else:
            kind = "application/x-www-form-urlencoded"
            body = urlencode(values, doseq=True).encode()
        headers = {"Content-Type": kind, "Referer": form.action}
        return self._open(urllib.request.Request(form.action, body, headers))  # noqa: S310

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Page(
                    answer.status, answer.url, answer.headers.get_content_type(), answer.read()
                )
        except urllib.error.HTTPError as error:
            with error:
                kind = error.headers.get_content_type()
                return Page(error.code, error.url or request.full_url, kind, error.read())


def _multipart(values: Mapping[str, str | Upload | list[str]]) -> tuple[str, bytes]:
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
            if isinstance(item, Upload):
                head += f'; filename="{item.name}"\r\nContent-Type: {item.kind}'
                content = item.content
            else:
                content = item.encode()
            parts += [head.encode(), b"\r\n\r\n", content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)
