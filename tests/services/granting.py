"""A stage whose mentor has their calendar at a provider in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from agent.services import grant_consent, invite, send_grant_mails
from agent.services.grant_consent import Given
from agent.services.keep_grants import Keeps
from agent.services.programme import Programme
from agent.store.engine import Store
from agent.vault import Key, Vault, no_keys
from connectors.memory_provider import MemoryProvider
from connectors.oauth import Keep
from tests import factories
from tests.mail import letters
from tests.services.stage import Stage

KEY = Key(bytes(range(32)))
SITE = "https://attune.northwind.example"
SCOPES = frozenset({"openid", "email", "calendar.freebusy"})
ACCOUNT = "private.account@example.org"
DAY = timedelta(days=1)


@dataclass
class Granting(Stage):
    """``keys`` are those there are now, ``web`` is where the pages are."""

    provider: MemoryProvider = field(default_factory=MemoryProvider)
    keys: tuple[Key, ...] = (KEY,)
    web: str | None = SITE

    def programme(self, store: Store | None = None) -> Programme:
        usual = super().programme(store)
        deployment = replace(usual.deployment, web=self.web)
        return replace(usual, deployment=deployment, vault=self.vault, consents={"google": self.provider})

    @property
    def vault(self) -> Vault:
        return Vault(lambda: self.keys or no_keys())

    def keep(self, person: str = "mentor-1") -> Keep:
        return Keeps(self.store, self.vault, self.clock).of(person, "google")

    def invite(self, *people: str) -> None:
        invite.invite(self.programme(), people or ["mentor-1"])
        send_grant_mails.send_grant_mails(self.programme())

    def asking(self) -> list[EmailMessage]:
        """The mails that ask for access, oldest first."""
        return [mail for mail in self.sender.sent if "/join/" in letters.text(mail)]

    def token(self) -> str:
        """The token of the newest link."""
        return letters.text(self.asking()[-1]).split("/join/")[1].split()[0]

    def leave(self, token: str | None = None) -> str:
        """Follow a link to the provider's page; give its address."""
        chosen = token or self.token()
        return grant_consent.start(self.programme(), chosen, "google", f"{SITE}/back/google", SCOPES).url

    def come_back(self, answer: dict[str, str]) -> Given:
        return grant_consent.finish(self.programme(), "google", answer)

    def grant(self, ticked: frozenset[str] | None = None) -> Given:
        """The whole way, from an invitation on."""
        self.invite()
        return self.come_back(self.provider.agree(self.leave(), ACCOUNT, ticked))


def granting(home: Path) -> Granting:
    """A pair, neither of whom has granted anything yet; the mentor is written to from 9 to 17 on weekdays."""
    mentor = replace(letters.MENTOR, messages=(factories.rule("09:00", "17:00", factories.WEEKDAYS),))
    return Granting(home, [letters.pair(mentor)])
