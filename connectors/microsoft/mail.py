"""Hands one message to a person's own mailbox; it leaves from their address. See the README for what that promises."""

from __future__ import annotations

from base64 import b64encode
from copy import deepcopy
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from agent.clock import Clock
from connectors.base import MailCapability
from connectors.errors import Missing, Rejected
from connectors.microsoft import scopes
from connectors.microsoft.application import application
from connectors.microsoft.http import Graph
from connectors.microsoft.settings import MicrosoftClientSettings
from connectors.microsoft.tokens import Tokens
from connectors.oauth import Keep

KEPT_IDENTITY = "X-Attune-Message-ID"
"""Exchange gives every message a Message-ID of its own; headers that begin with X- arrive as they were."""


class GraphSender:
    """A ``MailSender`` with the one scope that sends: nothing can be looked up with it."""

    capabilities = MailCapability.NONE

    def __init__(self, client: MicrosoftClientSettings, keep: Keep, *, home: Path, owner: str, clock: Clock) -> None:
        registered = application(client, home)
        self._tokens = Tokens(registered, keep, scopes.TO_SEND, clock)
        self._graph = Graph(registered, self._tokens, owner, clock)

    def send(self, message: EmailMessage) -> str:
        """Send it as MIME, with its Message-ID once more where that survives; Graph's own id is the evidence."""
        try:
            answer = self._graph.post_text("/me/sendMail", b64encode(_marked(message).as_bytes(policy=SMTP)), good=202)
        except Missing as error:
            raise Rejected("the account has no mailbox at Microsoft") from error
        return f"Graph {answer.headers.get('request-id', '')[:64]}".rstrip()

    def check(self) -> str:
        """Get a token that may send; with no more than this scope there is nothing to ask for."""
        self._tokens.access()
        return "Microsoft Graph"

    def close(self) -> None:
        """Let go of connections."""
        self._graph.close()


def _marked(message: EmailMessage) -> EmailMessage:
    if message["Message-ID"] is None or KEPT_IDENTITY in message:
        return message
    marked = deepcopy(message)
    marked[KEPT_IDENTITY] = str(message["Message-ID"])
    return marked
