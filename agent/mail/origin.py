"""What mails need to know of the deployment they come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Origin(Protocol):
    """A deployment as its mails see it; ``agent.settings.values.Deployment`` is one."""

    @property
    def programme(self) -> str:
        """The programme's name."""
        ...

    @property
    def mail_from_name(self) -> str:
        """Whose name mail carries."""
        ...

    @property
    def mail_from_address(self) -> str:
        """The address that mail comes from."""
        ...

    @property
    def decks(self) -> Path | None:
        """Folder of the deployment's own questions; None where it can have none."""
        ...

    @property
    def calendars(self) -> Mapping[str, tuple[object, ...]]:
        """Each person's calendars, by id; none means that Attune cannot see what they have on."""
        ...
