"""Hands one message to a mail server, and says exactly how far it got.

A message is in the server's hands from the moment its last line, the single dot, goes out. Whatever breaks before that
was surely not taken; whatever breaks after it, with no answer read, may have been.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

from connectors.errors import ConnectorError, ConsentRevoked, OutcomeUnknown, Rejected, Temporary
from connectors.smtp.settings import SmtpSettings

GO_AHEAD = 354
AUTHENTICATION = frozenset({530, 534, 535, 538})
"""Replies that speak of the login, whatever they answer (RFC 4954, section 6)."""

ADDRESS = re.compile(r"\S+@\S+")


class SmtpSender:
    """A ``MailSender`` that opens a connection for each message."""

    def __init__(self, settings: SmtpSettings, *, home: Path) -> None:
        self._settings = settings
        self._home = home

    def send(self, message: EmailMessage) -> str:
        """Send to the one recipient in ``To``; see ``MailSender``. Errors hold no address."""
        sender, recipient = _only(message, "From"), _only(message, "To")
        body = re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
        with self._connected() as server:
            _expect(server.mail(sender), "the sender")
            _expect(server.rcpt(recipient), "the recipient")
            _expect(server.docmd("DATA"), "the message", GO_AHEAD)
            server.send(body if body.endswith(b"\r\n") else body + b"\r\n")
            return _finish(server)

    def check(self) -> str:
        """Connect and log in; give the name by which the server greets."""
        with self._connected() as server:
            name = (server.ehlo_resp or server.helo_resp or b"").decode(errors="replace").split("\n")[0]
            login = ", login accepted" if self._settings.username else ""
            return f"{ADDRESS.sub('…', name)[:80]} answers{login}"

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection that is sealed and logged in; whatever breaks while it is used has surely done nothing."""
        host = self._settings.host
        server = None
        try:
            server = self._open()
            self._log_in(server)
            yield server
        except ConnectorError:
            raise
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, f"the mail server at {host}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"the mail server at {host}: {_what(error)}") from error
        finally:
            if server is not None:
                _leave(server)

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        where, name = (settings.host, settings.port), _own_name()
        if settings.security == "tls":
            return smtplib.SMTP_SSL(*where, name, timeout=settings.timeout, context=ssl.create_default_context())
        try:
            server = smtplib.SMTP(*where, name, timeout=settings.timeout)
        except smtplib.SMTPConnectError as error:
            # A greeting that refuses (554) is about this connection, never about one message: it may do better later.
            raise Temporary(f"the mail server at {settings.host} refused to talk: {error.smtp_code}") from error
        if settings.security == "starttls":
            _seal(server)
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._settings.username is None:
            return
        try:
            server.login(self._settings.username, self._password())
        except smtplib.SMTPAuthenticationError as error:
            raise _refused(error.smtp_code, "the login to the mail server") from error

    def _password(self) -> str:
        if self._settings.password is not None:
            return self._settings.password.get_secret_value()
        if self._settings.password_file is None:
            return ""
        try:
            return (self._home / self._settings.password_file).read_text(encoding="utf-8-sig").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConsentRevoked("the mail server's password_file cannot be read") from error


def _seal(server: smtplib.SMTP) -> None:
    try:
        server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise


def _finish(server: smtplib.SMTP) -> str:
    """Send the last line and read the verdict; from here on silence means that nobody knows."""
    try:
        server.send(b".\r\n")
        code, line = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown(f"no answer to the whole message: {_what(error)}") from error
    _expect((code, line), "the message")
    return ADDRESS.sub("…", f"{code} {line.decode(errors='replace')}")[:200]


def _expect(reply: tuple[int, bytes], what: str, wanted: int | None = None) -> None:
    code = reply[0]
    if (200 <= code < 300) if wanted is None else code == wanted:
        return
    raise _refused(code, what)


def _refused(code: int, what: str) -> ConnectorError:
    """Translate a reply: 5xx is for good, anything else may change (RFC 5321, section 4.2.1)."""
    if code in AUTHENTICATION:
        return ConsentRevoked(f"{what} was refused: {code}; look at its user name and password")
    return Rejected(f"{what} was refused: {code}") if 500 <= code < 600 else Temporary(f"{what} was put off: {code}")


def _what(error: Exception) -> str:
    """Say what broke in words of ours: a library's own may repeat what the server said, addresses included."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer what “security” or “username” in attune.yaml ask for"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it closed the connection"
    return getattr(error, "strerror", None) or type(error).__name__


def _only(message: EmailMessage, header: str) -> str:
    addresses = message[header].addresses
    if len(addresses) != 1:
        raise ValueError(f"a mail has one address in {header}")
    return str(addresses[0].addr_spec)


def _own_name() -> str:
    """The name to greet with. Asking the resolver for it, as smtplib would, can take many seconds."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _leave(server: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
