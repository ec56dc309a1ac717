"""The control port: what a test may see and do behind Google's back."""

from __future__ import annotations

import base64
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from starlette.applications import Starlette

from tests.servers.common.steering import route, steering
from tests.servers.google.app import Google
from tests.servers.google.asking import AUTH, Ask
from tests.servers.google.documents import Json, methods, spell_out
from tests.servers.google.errors import Refusal
from tests.servers.google.gateway import perform
from tests.servers.google.grants import Client
from tests.servers.google.invitations import answer
from tests.servers.google.reading import hold
from tests.servers.google.world import Account, World

HANDS = frozenset({AUTH, "https://mail.google.com/"})
"""What a person may do in their own account."""


def control(google: Google) -> Starlette:
    """Make the control API; see README.md for what each path does."""
    return Starlette(
        routes=[
            *steering(lambda: google.world, google.settle),
            route("/reset", "POST", lambda data: _reset(google, data)),
            route("/settings", "PUT", lambda data: _settings(google, data)),
            route("/clients", "POST", lambda data: _client(google, data)),
            route("/accounts", "POST", lambda data: _account(google, data)),
            route("/accounts/{email}/consent", "PUT", lambda data: _consent(google, data)),
            route("/accounts/{email}/password", "POST", lambda data: _password(google, data)),
            route("/accounts/{email}/grants", "GET", lambda data: _grants(google, data["email"])),
            route("/accounts/{email}/grants", "POST", lambda data: _grant(google, data)),
            route("/accounts/{email}/grants", "DELETE", lambda data: _revoke(google, data)),
            route("/accounts/{email}/hands", "POST", lambda data: _hands(google, data)),
            route("/accounts/{email}/shares", "POST", lambda data: _share(google, data)),
            route("/answers", "POST", lambda data: _answer(google, data)),
            route("/sync-tokens/expire", "POST", lambda data: _expire(google, data)),
            route("/events", "GET", lambda _: _events(google.world)),
            route("/mails", "GET", lambda _: _mails(google.world)),
            route("/notices", "GET", lambda _: google.world.notices),
            route("/pushes", "GET", lambda _: google.world.pushed),
        ]
    )


def _reset(google: Google, data: Json) -> Json:
    """Begin anew, with a time, clients and accounts where they are given."""
    google.world = World()
    google.people.clear()
    if "now" in data:
        google.world.clock.set(datetime.fromisoformat(data["now"]))
    for client in data.get("clients", ()):
        _client(google, client)
    for account in data.get("accounts", ()):
        _account(google, account)
    google.settle()
    return {}


def _settings(google: Google, data: Json) -> Json:
    google.world.settings = replace(google.world.settings, **data)
    return asdict(google.world.settings)


def _client(google: Google, data: Json) -> Json:
    data["redirect_uris"] = tuple(data.get("redirect_uris", ()))
    made = Client(**data)
    google.world.grants.clients[made.id] = made
    return {}


def _account(google: Google, data: Json) -> Json:
    google.world.add_account(Account(**data))
    return {}


def _consent(google: Google, data: Json) -> Json:
    """Say what a person does when asked; “*” for whoever is not named. With nothing, they look at the page."""
    email = data.pop("email")
    if data:
        google.people[email] = data
    else:
        google.people.pop(email, None)
    return {}


def _password(google: Google, data: Json) -> Json:
    google.world.grants.password_changed(data["email"])
    return {}


def _grants(google: Google, email: str) -> list[Json]:
    return [asdict(each) | {"scopes": sorted(each.scopes)} for each in google.world.grants.of(email)]


def _grant(google: Google, data: Json) -> Json:
    """Give tokens without the pages, for tests that are about something else."""
    world = google.world
    if data["email"] not in world.accounts or data["client"] not in world.grants.clients:
        raise LookupError("no such account or client")
    scopes = frozenset(spell_out(scope) for scope in data["scopes"])
    grant = world.grants.grant(data["client"], data["email"], scopes, world.now(), offline=True)
    return {"access_token": world.grants.access(grant, world.now()), "refresh_token": grant.refresh}


def _revoke(google: Google, data: Json) -> Json:
    for grant in google.world.grants.of(data["email"]):
        google.world.grants.revoke(grant.account, grant.client)
    return {}


def _hands(google: Google, data: Json) -> Json:
    """Do in somebody's account what they would do themselves: any method, checked as always, counted nowhere."""
    method = methods()[data["method"]]
    body, read_only = hold(method, data.get("body", {}))
    if unknown := set(data.get("parameters", {})) - set(method.parameters):
        raise ValueError(f"{method.id} has no {', '.join(sorted(unknown))}")
    ask = Ask(
        world=google.world,
        method=method,
        account=google.world.accounts[data["email"]],
        client="",
        scopes=HANDS,
        parameters=data.get("parameters", {}),
        body=body,
        read_only=read_only,
    )
    try:
        made = perform(ask)
    except Refusal as refusal:
        raise ValueError(f"{refusal.status} {refusal.reason}: {refusal.message}") from refusal
    google.settle()
    return made or {}


def _share(google: Google, data: Json) -> Json:
    google.world.calendars[data["calendar"]].shares[data["with"]] = data["role"]
    return {}


def _answer(google: Google, data: Json) -> Json:
    """Let a guest without an account here answer by mail."""
    guest = {"email": data["guest"], "responseStatus": data["responseStatus"]}
    answer(google.world, data["calendar"], data["event"], guest)
    google.settle()
    return {}


def _expire(google: Google, data: Json) -> Json:
    for calendar in google.world.calendars.values():
        if data.get("calendar", calendar.id) == calendar.id:
            calendar.sync_epoch += 1
    return {}


def _events(world: World) -> list[Json]:
    """Give every event of every calendar as it is now, deleted ones too."""
    return [
        {"calendar": calendar.id, "owner": calendar.owner, "id": entry.id, "etag": entry.now.etag, **entry.now.data}
        for calendar in world.calendars.values()
        for entry in calendar.entries.values()
    ]


def _mails(world: World) -> list[Json]:
    return [_mail(each) for each in world.mails]


def _mail(mail: Any) -> Json:
    raw = base64.b64encode(mail.raw).decode()
    return {"id": mail.id, "account": mail.account, "labels": mail.labels, "at": mail.at, "raw": raw}
