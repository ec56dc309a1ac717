"""A person with a browser that has no JavaScript: follows the pages by their forms, over plain HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx


@dataclass
class Form:
    """A form on a page: where it goes, and what is in it. ``buttons`` are the values of its buttons."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def leaves(self) -> bool:
        """Say whether it goes to another place than the provider's pages."""
        return self.action.startswith("https://")


@dataclass(frozen=True)
class Seen:
    """Where a visit ended: a page of the provider, or the address to which it sends the person back.

    ``posted`` is what a form on the last page would carry there (``response_mode=form_post``).
    """

    status: int
    text: str
    address: str = ""
    posted: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> dict[str, str]:
        """What the application is told."""
        return dict(parse_qsl(urlsplit(self.address).query)) | dict(self.posted)


class Visitor:
    """One person. ``visit`` answers one page after the other until sent back, or until there is nothing to press."""

    def __init__(self, trusted: ssl.SSLContext, login: str, password: str) -> None:
        self._trusted = trusted
        self._login = {"login": login, "passwd": password}

    def visit(self, address: str, *answers: str) -> Seen:
        """Open an address, sign in, then press the button with each of these values in turn."""
        with httpx.Client(verify=self._trusted, trust_env=False) as client:
            answer = client.get(address)
            for wanted in ("accept", *answers):
                form = _form(answer.text)
                if answer.status_code != 200 or form is None or form.leaves:
                    break
                button = next(pair for pair in form.buttons if pair[1] == wanted)
                said = form.fields | {name: value for name, value in self._login.items() if name in form.fields}
                answer = client.post(urljoin(str(answer.url), form.action), data=said | dict([button]))
            last = _form(answer.text)
            if last and last.leaves:
                return Seen(answer.status_code, answer.text, last.action, last.fields)
            return Seen(answer.status_code, answer.text, answer.headers.get("location", ""))


def _form(text: str) -> Form | None:
    reader = _Reader()
    reader.feed(text)
    return reader.form


class _Reader(HTMLParser):
    form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(said["action"])
        elif self.form and tag == "input" and "name" in said:
            self.form.fields[said["name"]] = said.get("value", "")
        elif self.form and tag == "button" and "name" in said:
            self.form.buttons.append((said["name"], said["value"]))
