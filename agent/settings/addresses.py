"""E-mail addresses, the store's and where to listen: plausible, not proven. None is ever repeated in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr

from agent.settings.mistakes import Mistake

EMAIL_PATTERN = r"^[^@\s<>,;:\"()\[\]\\]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]$"
STORES = ("sqlite:///", "postgresql+psycopg://")
ENDPOINT_PATTERN = r"^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*):[0-9]{1,5}$"
SITE_PATTERN = r"^(?:https://[A-Za-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::[0-9]{1,5})?(?:/[A-Za-z0-9._/-]*)?$"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mail comes from."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens: an address of this machine, or its name, and a port."""

    host: str
    port: int

    def next(self, number: int) -> Endpoint:
        """Give the one for the process of this number, from 1, where several run on one machine; 0 is the only one."""
        return Endpoint(self.host, self.port + max(number - 1, 0))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_email(value: object) -> str:
    """Read a bare address such as ``name@example.org``."""
    text = value.strip() if isinstance(value, str) else ""
    if not text.isascii() or not re.fullmatch(EMAIL_PATTERN, text):
        raise Mistake("this is not an e-mail address", "write one such as “name@example.org”")
    return text


def parse_sender(value: object) -> Sender:
    """Read ``Attune <attune@example.org>`` or a bare address, which is then called Attune."""
    text = value.strip() if isinstance(value, str) else ""
    name, address = parseaddr(text) if text.isprintable() else ("", "")
    try:
        return Sender(name or "Attune", parse_email(address))
    except Mistake:
        raise Mistake(
            "this is not a sender", "write a name and an address, as in “Attune <attune@example.org>”"
        ) from None


def parse_store(value: object) -> str:
    """Read the URL of an SQLite file or a PostgreSQL database."""
    text = value.strip() if isinstance(value, str) else ""
    if text in {"sqlite://", "sqlite:///", "sqlite:///:memory:"}:
        raise Mistake("this store forgets everything when the process ends", "name a file, as in “sqlite:///attune.db”")
    if text.startswith(("postgres://", "postgresql://")):
        raise Mistake("this does not say which driver to use", "begin it with “postgresql+psycopg://”")
    if not text.startswith(STORES):
        raise Mistake("this is not the address of a store", "write “sqlite:///attune.db” or “postgresql+psycopg://…”")
    return text


def parse_site(value: object) -> str:
    """Read the address of our pages, such as ``https://attune.example.org``, without a slash at its end."""
    text = value.strip().rstrip("/") if isinstance(value, str) else ""
    if not re.fullmatch(SITE_PATTERN, text):
        raise Mistake(
            "this is not an address people can open",
            "begin it with “https://”, as in “https://attune.example.org”; “http://” only for this machine itself",
        )
    return text


def parse_endpoint(value: object) -> Endpoint:
    """Read ``127.0.0.1:9464``, ``[::1]:9464`` or ``localhost:9464``."""
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(ENDPOINT_PATTERN, text):
        raise Mistake("this is not an address to listen on", "write an address and a port, such as “127.0.0.1:9464”")
    host, _, port = text.rpartition(":")
    if not 1 <= int(port) <= 65535:
        raise Mistake("there is no such port", "write one from 1 to 65535, as in “127.0.0.1:9464”")
    return Endpoint(host.strip("[]"), int(port))
