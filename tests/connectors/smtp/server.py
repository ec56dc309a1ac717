"""A real mail server on a free port of this machine, which can be told to misbehave at any step."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "attune", "right & proper"


@dataclass
class Server:
    """What the server does: ``answers`` by command, "drop" to break the connection, "hang" to say nothing."""

    answers: dict[str, str] = field(default_factory=dict)
    received: list[Envelope] = field(default_factory=list)
    sealed: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return await self._say("MAIL", server)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._say("RCPT", server)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        self.sealed.append(session.ssl is not None)
        return await self._say("dot", server)

    async def _say(self, step: str, server: SMTP) -> str:
        answer = self.answers.get(step, "250 2.0.0 queued as 17")
        if answer == "drop":
            abort(server)
        if answer in {"drop", "hang"}:
            await asyncio.sleep(3)
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        self.logins.append(mechanism)
        success = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=success, handled=False)


def abort(server: SMTP) -> None:
    """Break the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Moody(SMTP):
    """The protocol, with the two steps that a handler has no say in."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        answer = self.event_handler.answers.get("DATA")
        if answer == "354 drop":
            await self.push("354 go ahead")
            abort(self)
        elif answer is not None:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


class Listening(Controller):
    """Serves with any options of the protocol."""

    def __init__(self, server: Server, context: ssl.SSLContext | None, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__(server, hostname="127.0.0.1", port=0, ssl_context=context)

    def factory(self) -> SMTP:
        return Moody(self.handler, hostname="mail.example", **self.options)

    def _trigger_server(self) -> None:
        """Learn the port the system chose, then let the first connection through as the library does."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library has no types


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine that only those trust who are told to."""

    file: Path
    context: ssl.SSLContext


Start = Callable[..., Server]
