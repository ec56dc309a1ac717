"""A grant kept in memory, and how one comes about: through the double's pages, as a person would."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from pydantic import SecretStr

from connectors.errors import ConsentRevoked
from connectors.microsoft.consent import MicrosoftConsent
from connectors.microsoft.scopes import WRITE
from connectors.microsoft.settings import MicrosoftClientSettings
from connectors.oauth import Granted, Secret
from tests.servers.microsoft.stage import REDIRECT, Person, Stage


@dataclass
class MemoryKeep:
    """A ``Keep`` in memory; ``ended`` are the versions that were said to be broken."""

    secret: Secret | None = None
    ended: list[int] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def read(self) -> Secret:
        with self.lock:
            if self.secret is None or self.secret.version in self.ended:
                raise ConsentRevoked("there is no grant that works")
            return self.secret

    def write(self, payload: bytes, seen: int) -> bool:
        with self.lock:
            if self.secret is None or self.secret.version != seen:
                return False
            self.secret = Secret(payload, seen + 1)
            return True

    def broken(self, seen: int) -> None:
        with self.lock:
            self.ended.append(seen)

    def take(self, payload: bytes) -> None:
        """Keep a new grant."""
        with self.lock:
            self.secret = Secret(payload, self.secret.version + 1 if self.secret else 1)


def client_of(stage: Stage, **more: str) -> MicrosoftClientSettings:
    """Give the settings of the one application, for the double in the place of Microsoft."""
    return MicrosoftClientSettings.model_validate(
        {
            "client_id": stage.application["client_id"],
            "client_secret": SecretStr(stage.application["secret"]),
            "authority": stage.server.base,
            "graph": stage.server.graph,
            "trust": str(stage.server.authority),
            **more,
        }
    )


def granted(stage: Stage, person: Person, *scopes: str, answers: tuple[str, ...] = ("accept",)) -> Granted:
    """Let somebody go through the pages; ``answers`` are the buttons they press after signing in."""
    consent = MicrosoftConsent(client_of(stage), home=Path())
    started = consent.start(REDIRECT, "state-1", frozenset(scopes or {WRITE}), person.address)
    return consent.finish(started.memory, person.visitor.visit(started.url, *answers).answer)


def keep_for(stage: Stage, person: Person, *scopes: str) -> MemoryKeep:
    """Give what is kept once somebody has agreed."""
    keep = MemoryKeep()
    keep.take(granted(stage, person, *scopes).payload)
    return keep
