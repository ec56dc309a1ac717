"""Handing a mail over: sealed, logged in, and with the right word for however far it got."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.base import MailSender
from connectors.errors import ConnectorError, ConsentRevoked, OutcomeUnknown, Rejected, Temporary
from connectors.smtp.mail import SmtpSender
from connectors.smtp.settings import SmtpSettings
from tests.connectors.smtp.server import PASSWORD, USER, Certificate, Server, Start

HOME = Path("/nonexistent")


def sender(server: Server, home: Path = HOME, **settings: Any) -> SmtpSender:
    plain = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 2}
    return SmtpSender(SmtpSettings(**{**plain, **settings}), home=home)


def mail(text: str = "Hello\n.\n..two\nbye\n", to: str = "mentee-1@northwind.example") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Attune <attune@northwind.example>"
    made["To"] = f"Example Mentee <{to}>"
    made["Message-ID"] = "<key@attune.northwind.example>"
    made.set_content(text)
    return made


def test_a_mail_arrives_as_it_was(start: Start) -> None:
    """Lines that begin with a dot too, which the protocol would otherwise take as the end."""
    server = start()
    made: MailSender = sender(server)
    assert made.send(mail()) == "250 2.0.0 queued as 17"
    (envelope,) = server.received
    assert envelope.mail_from == "attune@northwind.example"
    assert envelope.rcpt_tos == ["mentee-1@northwind.example"]
    content = envelope.content
    assert isinstance(content, bytes)
    assert b"\r\n\r\nHello\r\n.\r\n..two\r\nbye\r\n" in content
    assert b"Message-ID: <key@attune.northwind.example>\r\n" in content
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_sealed_connection_is_sealed(
    start: Start, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    if security == "tls":
        server = start(tls=certificate.context)
    else:
        server = start(tls_context=certificate.context, require_starttls=True)
    sender(server, security=security).send(mail())
    assert len(server.received) == 1
    assert security == "tls" or server.sealed == [True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    start: Start, certificate: Certificate, security: str
) -> None:
    """Somebody between us and the server must not get the mail, nor the password."""
    server = start(**({"tls": certificate.context} if security == "tls" else {"tls_context": certificate.context}))
    with pytest.raises(Temporary, match="certificate is not trusted"):
        sender(server, security=security, username=USER, password=SecretStr(PASSWORD)).send(mail())
    assert not server.received
    assert not server.logins


def test_a_server_that_cannot_seal_gets_nothing(start: Start) -> None:
    server = start()
    with pytest.raises(Temporary, match="does not offer"):
        sender(server, security="starttls").send(mail())
    assert not server.received


def test_a_password_comes_from_its_file(start: Start, tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text(PASSWORD + "\n", encoding="utf-8")
    server = start(auth=True, auth_required=False)
    sender(server, tmp_path, username=USER, password_file="smtp").send(mail())
    assert server.logins
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "settings",
    [{"password": SecretStr("wrong")}, {"password_file": "not-there"}, {}],
    ids=["wrong password", "no such file", "no password"],
)
def test_a_refused_login_asks_for_consent(start: Start, tmp_path: Path, settings: dict[str, Any]) -> None:
    server = start(auth=True)
    with pytest.raises(ConsentRevoked):
        sender(server, tmp_path, username=USER, **settings).send(mail())
    assert not server.received


def test_a_server_that_wants_a_login_that_we_lack_asks_for_consent(start: Start) -> None:
    server = start()
    server.answers["MAIL"] = "530 5.7.0 Authentication required"
    with pytest.raises(ConsentRevoked):
        sender(server).send(mail())


STEPS = ("MAIL", "RCPT", "DATA", "dot")


@pytest.mark.parametrize("step", STEPS)
def test_not_now_may_be_tried_again(start: Start, step: str) -> None:
    server = start()
    server.answers[step] = "451 4.3.0 mentee-1@northwind.example: try later"
    with pytest.raises(Temporary) as raised:
        sender(server).send(mail())
    _holds_no_address(raised.value)


@pytest.mark.parametrize("step", STEPS)
def test_never_is_never_tried_again(start: Start, step: str) -> None:
    server = start()
    server.answers[step] = "550 5.1.1 <mentee-1@northwind.example>: unknown"
    with pytest.raises(Rejected) as raised:
        sender(server).send(mail())
    assert not isinstance(raised.value, ConsentRevoked)
    _holds_no_address(raised.value)


@pytest.mark.parametrize("how", ["drop", "hang"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_silence_before_the_message_means_that_it_was_not_taken(start: Start, step: str, how: str) -> None:
    server = start()
    server.answers[step] = how
    with pytest.raises(Temporary):
        sender(server, timeout=0.5).send(mail())
    assert not server.received


@pytest.mark.parametrize("how", ["drop", "hang"])
def test_silence_after_the_last_dot_means_that_nobody_knows(start: Start, how: str) -> None:
    """The server had the whole mail: sending it again may be sending it twice."""
    server = start()
    server.answers["dot"] = how
    with pytest.raises(OutcomeUnknown) as raised:
        sender(server, timeout=0.5).send(mail())
    assert len(server.received) == 1
    _holds_no_address(raised.value)


def test_a_break_within_the_message_means_that_it_was_not_taken(start: Start) -> None:
    """No last line, no mail (RFC 5321, section 4.1.1.4). It is long, so that it cannot wait in a buffer."""
    server = start()
    server.answers["DATA"] = "354 drop"
    with pytest.raises(Temporary):
        sender(server).send(mail("x" * 70 + "\n" + ("y" * 70 + "\n") * 300_000))
    assert not server.received


def _holds_no_address(error: ConnectorError) -> None:
    assert "@" not in str(error)


def test_an_answer_is_kept_without_addresses(start: Start) -> None:
    server = start()
    server.answers["dot"] = "250 2.0.0 taken for <mentee-1@northwind.example> as 17"
    assert sender(server).send(mail()) == "250 2.0.0 taken for … as 17"


def test_nobody_listening_may_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(port=free.getsockname()[1])
    with pytest.raises(Temporary, match=r"127\.0\.0\.1"):
        sender(server).send(mail())


@pytest.mark.parametrize("greeting", [b"554 5.7.1 go away\r\n", b"421 busy\r\n", b"", b"SSH-2.0-x\r\n"])
def test_an_unfriendly_greeting_says_nothing_of_the_mail(greeting: bytes) -> None:
    """A server that does not talk to us today must not make every mail of the day fail for good."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        server = Server(port=listener.getsockname()[1])
        with _answering(listener, greeting), pytest.raises(Temporary):
            sender(server, timeout=0.5).send(mail())


@contextmanager
def _answering(listener: socket.socket, greeting: bytes) -> Iterator[None]:
    """Greet one caller with these bytes, and listen until it hangs up."""

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(greeting)
            connection.settimeout(5)
            while connection.recv(1000):
                pass

    thread = Thread(target=talk)
    thread.start()
    yield
    thread.join()


def test_two_recipients_are_a_mistake_of_ours(start: Start) -> None:
    made = mail()
    made.replace_header("To", "a@northwind.example, b@northwind.example")
    with pytest.raises(ValueError, match="one address"):
        sender(start()).send(made)


def test_a_check_sends_nothing_and_names_the_server(start: Start) -> None:
    server = start(auth=True)
    said = sender(server, username=USER, password=SecretStr(PASSWORD)).check()
    assert said == "mail.example answers, login accepted"
    assert not server.received


def test_a_mail_takes_no_detour_over_name_services(start: Start) -> None:
    """Asking for this machine's own full name can take many seconds where no resolver answers."""
    server = start()
    begun = time.monotonic()
    sender(server).send(mail())
    assert time.monotonic() - begun < 2
