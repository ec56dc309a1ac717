"""Hands one message to Gmail. With ``gmail.send`` alone nothing can be looked up again: see the README."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from agent.clock import Clock
from connectors.base import MailCapability
from connectors.errors import ConsentRevoked, Missing, Rejected
from connectors.google import scopes
from connectors.google.credentials import Grant
from connectors.google.http import Api
from connectors.google.settings import GoogleClientSettings
from connectors.oauth import Keep


class GmailSender:
    """A ``MailSender``; mail leaves from the address of the account that has agreed."""

    capabilities = MailCapability.NONE

    def __init__(self, client: GoogleClientSettings, keep: Keep, *, home: Path, clock: Clock) -> None:
        self._grant = Grant(keep, clock)
        self._api = Api(("gmail", "v1", client.gmail_api), self._grant, client, home=home, clock=clock)

    def send(self, message: EmailMessage) -> str:
        """Send it as it is; Gmail's own id is the evidence."""
        self._refuse_withheld()
        raw = urlsafe_b64encode(message.as_bytes(policy=SMTP)).decode()
        try:
            answer = self._api.write(
                lambda service: service.users().messages().send(userId="me", body={"raw": raw}, fields="id")
            )
        except Missing as error:
            raise Rejected("Google knows no such mailbox") from error
        return f"Gmail {answer.get('id', '')}".rstrip()

    def check(self) -> str:
        """Get an access token; with no more than this scope there is nothing to ask for."""
        self._refuse_withheld()
        self._api.authorize()
        return "Gmail"

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()

    def _refuse_withheld(self) -> None:
        if scopes.SEND_MAIL not in self._grant.tokens().scopes:
            raise ConsentRevoked("the person has not allowed mail to leave from their account")
