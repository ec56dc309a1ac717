"""One mail to one person about themselves, not about any meeting: it belongs to no thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.core.people import Person
from agent.mail import languages
from agent.mail.languages import Language
from agent.mail.origin import Origin
from agent.mail.plain import one_line


@dataclass(frozen=True, slots=True)
class Personal:
    """``key`` is what its ``Message-ID`` is made of, ``now`` the programme's clock (aware UTC)."""

    origin: Origin
    recipient: Person
    key: str
    now: datetime

    @property
    def language(self) -> Language:
        """The recipient's language, or English where there are no mails in theirs."""
        return languages.language(self.recipient.language)

    def above(self, own: str) -> tuple[str, ...]:  # noqa: ARG002 - as a letter about a meeting has it
        """What it refers to: nothing."""
        return ()

    def context(self) -> dict[str, Any]:
        """What every template may use."""
        language = self.language
        return {
            "lang": language.tag,
            "dir": language.direction,
            "programme": one_line(self.origin.programme),
            "name": one_line(self.recipient.name),
        }
