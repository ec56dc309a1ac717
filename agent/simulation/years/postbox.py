"""A mail server that takes what it is given, puts it off, refuses it, or takes it and does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage

from agent.simulation.years.judging.evidence import Mail
from agent.simulation.years.troubles import Line


class Postbox:
    """What ``MailSender`` asks for. ``lines`` are by address, in small letters."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._lines = lines

    def send(self, message: EmailMessage) -> str:
        """Take a message for one person."""
        line = self._lines[str(message["To"].addresses[0].addr_spec).lower()]
        with line.call("mail") as (answered,):
            evidence = line.evidence
            calendar = next((part.get_content() for part in message.walk() if part.get_content_type() == CALENDAR), "")
            told = (str(message["Message-ID"]), calendar, answered)
            evidence.mails.append(Mail(evidence.next(), line.now(), line.person, *told))
            return f"250 taken as {len(evidence.mails)}"

    def check(self) -> str:
        """Say what it is."""
        return "a made-up mail server"


CALENDAR = "text/calendar"
