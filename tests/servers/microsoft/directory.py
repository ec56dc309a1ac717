"""Who there is: tenants with their policy of consent, accounts, registered applications, and what was consented to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

OIDC = frozenset({"openid", "profile", "email", "offline_access"})
"""Scopes that every user may consent to, whatever the tenant's policy."""

LOW_IMPACT = OIDC | {"User.Read"}
"""What the recommended policy of a tenant lets its users consent to by themselves."""


@dataclass(frozen=True)
class Tenant:
    """An organisation. ``user_consent`` is ``all``, ``low`` (only low-impact scopes) or ``none``."""

    id: str
    domain: str
    name: str
    user_consent: str = "all"

    def user_may_consent(self, scopes: frozenset[str]) -> bool:
        """Say whether a user of this tenant may consent to these without an administrator."""
        if self.user_consent == "all":
            return True
        return scopes <= (LOW_IMPACT if self.user_consent == "low" else OIDC)


@dataclass(frozen=True)
class Account:
    """A person of a tenant, with a mailbox. ``withheld`` are scopes that are left out of whatever is granted."""

    id: str
    tenant: str
    address: str
    name: str
    password: str
    admin: bool = False
    time_zone: str = "UTC"
    language: str = "en-GB"
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Application:
    """A client as its owner registered it. ``permissions`` are the delegated Graph scopes it may ever ask for."""

    client_id: str
    secret: str
    name: str
    redirect_uris: frozenset[str]
    permissions: frozenset[str]
    home: str | None = None
    """The only tenant that may use it; ``None`` where any may."""


@dataclass
class Directory:
    """Everybody and everything that has an id."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    _of_everybody: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _of_one: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def tenant(self, name: str) -> Tenant | None:
        """Find a tenant by id or domain."""
        lowered = name.lower()
        return self.tenants.get(lowered) or next((it for it in self.tenants.values() if it.domain == lowered), None)

    def account(self, name: str) -> Account | None:
        """Find an account by address or id."""
        lowered = name.lower()
        return self.accounts.get(name) or next((it for it in self.accounts.values() if it.address == lowered), None)

    def consented(self, application: Application, account: Account) -> frozenset[str]:
        """Give what an account's tenant or the account itself has consented to."""
        everybody = self._of_everybody.get((application.client_id, account.tenant), frozenset())
        own = self._of_one.get((application.client_id, account.id), frozenset())
        return (everybody | own) - account.withheld

    def consent(self, application: Application, account: Account, scopes: frozenset[str]) -> None:
        """Write down one account's consent."""
        key = application.client_id, account.id
        self._of_one[key] = self._of_one.get(key, frozenset()) | scopes

    def consent_for_everybody(self, application: Application, tenant: str, scopes: frozenset[str]) -> None:
        """Write down an administrator's consent for a whole tenant."""
        key = application.client_id, tenant
        self._of_everybody[key] = self._of_everybody.get(key, frozenset()) | scopes

    def take_back(self, client_id: str, account: Account, scopes: frozenset[str]) -> None:
        """Forget an account's consent to some scopes of one application."""
        key = client_id, account.id
        self._of_one[key] = self._of_one.get(key, frozenset()) - scopes

    def withdraw(self, account: Account) -> None:
        """Forget what an account consented to, with every application."""
        for key in [key for key in self._of_one if key[1] == account.id]:
            del self._of_one[key]

    def withdraw_for_everybody(self, tenant: str) -> None:
        """Forget what an administrator consented to, with every application."""
        for key in [key for key in self._of_everybody if key[1] == tenant]:
            del self._of_everybody[key]


def new_id() -> str:
    """Make an id as the directory gives them."""
    return str(uuid.uuid4())
