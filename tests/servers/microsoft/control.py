"""The API for tests, on a port of its own: who there is, what goes wrong, and what has reached this server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.common.steering import route, steering
from tests.servers.microsoft.application import Microsoft
from tests.servers.microsoft.directory import OIDC, Account, Application, Tenant, new_id
from tests.servers.microsoft.graph.subscribers import lifecycle
from tests.servers.microsoft.hand import act
from tests.servers.microsoft.identity.grants import Grant
from tests.servers.microsoft.world import World

Data = dict[str, Any]


class Control:
    """What tests can do that no client of the provider can."""

    def __init__(self, server: Microsoft) -> None:
        self._server = server

    def application(self) -> Starlette:
        """Give the routes."""
        answers: list[tuple[str, str, Callable[[Data], Any]]] = [
            ("/reset", "POST", self._reset),
            ("/schema", "GET", lambda _: {"present": self._world.schema.present}),
            ("/trust", "PUT", self._trust),
            ("/tenants", "POST", self._add_tenant),
            ("/tenants/{id}", "PUT", self._change_tenant),
            ("/accounts", "POST", self._add_account),
            ("/accounts/{id}", "PUT", self._change_account),
            ("/accounts/{id}/grants", "POST", self._grant),
            ("/accounts/{id}/revoke", "POST", self._revoke),
            ("/accounts/{id}/interaction", "POST", self._interaction),
            ("/accounts/{id}/mailbox", "PUT", self._mailbox),
            ("/accounts/{id}/events", "GET", self._events),
            ("/applications", "POST", self._add_application),
            ("/lags", "PUT", self._lags),
            ("/tokens", "PUT", self._tokens),
            ("/delta/expire", "POST", self._expire_delta),
            ("/mails", "GET", lambda _: [mail.as_json() for mail in self._world.mails]),
            ("/notifications", "GET", lambda _: self._world.notifier.sent),
            ("/notifications", "PUT", self._notifications),
            ("/subscriptions/{id}/lifecycle", "POST", self._lifecycle),
        ]
        own = [route(path, method, answer) for path, method, answer in answers]
        by_hand = Route("/accounts/{id}/act", self._act, methods=["POST"])
        return Starlette(routes=[*own, by_hand, *steering(lambda: self._world, self._settle)])

    @property
    def _world(self) -> World:
        return self._server.world

    def _settle(self) -> None:
        self._world.settle()

    def _reset(self, _: Data) -> Data:
        self._server.reset()
        return {}

    def _trust(self, data: Data) -> Data:
        self._server.authority = data["authority"]
        self._world.notifier.trust(data["authority"])
        return {}

    def _add_tenant(self, data: Data) -> Data:
        tenant = Tenant(**{"id": new_id(), "name": data["domain"], **data})
        self._world.directory.tenants[tenant.id] = tenant
        return {"id": tenant.id}

    def _change_tenant(self, data: Data) -> Data:
        tenants = self._world.directory.tenants
        if data.pop("withdraw", False):
            self._world.directory.withdraw_for_everybody(data["id"])
        tenants[data["id"]] = replace(tenants[data["id"]], **data)
        return {}

    def _add_account(self, data: Data) -> Data:
        data["withheld"] = frozenset(data.get("withheld", ()))
        data["address"] = data["address"].lower()
        account = Account(**{"id": new_id(), "name": data["address"], "password": secrets.token_hex(8), **data})
        self._world.directory.accounts[account.id] = account
        return {"id": account.id, "password": account.password}

    def _change_account(self, data: Data) -> Data:
        account = self._account(data)
        if "withheld" in data:
            data["withheld"] = frozenset(data["withheld"])
        changed = replace(account, **(data | {"id": account.id}))
        self._world.directory.accounts[account.id] = changed
        self._world.mailbox(account).account = changed
        return {}

    def _add_application(self, data: Data) -> Data:
        for name in ("redirect_uris", "permissions"):
            data[name] = frozenset(data.get(name, ()))
        made = Application(**{"client_id": new_id(), "secret": secrets.token_urlsafe(24), **data})
        self._world.directory.applications[made.client_id] = made
        return {"client_id": made.client_id, "secret": made.secret}

    def _grant(self, data: Data) -> Data:
        """Give an application tokens without the pages, as though they had been gone through."""
        world, account, scopes = self._world, self._account(data), frozenset(data["scopes"])
        application = world.directory.applications[data["client_id"]]
        world.directory.consent(application, account, scopes)
        grant = Grant(application.client_id, account.id, scopes & world.directory.consented(application, account))
        now = world.clock.now()
        return {
            "access_token": world.grants.new_access(grant, grant.scopes - OIDC, now),
            "refresh_token": world.grants.new_refresh(grant, now),
            "scope": " ".join(sorted(grant.scopes - {"offline_access"})),
        }

    def _revoke(self, data: Data) -> Data:
        """Take every grant of an account back; with ``consent``, what it consented to is forgotten too."""
        account = self._account(data)
        for grant in self._world.grants.of(account.id):
            grant.revoked = True
        if data.get("consent"):
            self._world.directory.withdraw(account)
        return {}

    def _interaction(self, data: Data) -> Data:
        for grant in self._world.grants.of(self._account(data).id):
            grant.interaction = data.get("needed", True)
        return {}

    def _mailbox(self, data: Data) -> Data:
        """Let a mailbox refuse.

        ``schedule_error`` is a code for who asks for its free/busy, ``throttled`` counts seconds, ``down`` is the
        status (503 or 504) of every answer until it is null again.
        """
        mailbox = self._world.mailbox(self._account(data))
        mailbox.schedule_error = data.get("schedule_error", mailbox.schedule_error)
        mailbox.down = data.get("down")
        mailbox.throttled_until = self._world.clock.now() + timedelta(seconds=data.get("throttled", 0))
        return {}

    def _events(self, data: Data) -> list[Data]:
        """Give what is in an account's calendars, in words that no client of Graph uses."""
        mailbox = self._world.mailbox(self._account(data))
        return [
            {
                "uid": it.uid,
                "calendar": mailbox.calendars[it.calendar].name,
                "subject": it.fields.get("subject"),
                "start": it.start.isoformat(),
                "end": it.end.isoformat(),
                "own": it.own,
                "cancelled": it.cancelled,
                "response": it.response,
                "show_as": it.fields.get("showAs", "busy"),
                "transaction": it.transaction,
                "extended": it.extended,
                "attendees": {attendee.address: attendee.response for attendee in it.attendees},
            }
            for it in mailbox.events.values()
        ]

    def _lags(self, data: Data) -> Data:
        """Seconds: ``delivery`` to other mailboxes, ``index`` of lists, ``latency`` of every request to Graph."""
        self._world.latency = data.pop("latency", self._world.latency)
        for name, seconds in data.items():
            setattr(self._world.lags, name, timedelta(seconds=seconds))
        return {}

    def _tokens(self, data: Data) -> Data:
        """Seconds: ``grace`` of replaced refresh tokens, ``idle`` of unused ones, ``access_life``."""
        for name, seconds in data.items():
            setattr(self._world.grants, name, timedelta(seconds=seconds))
        return {}

    def _expire_delta(self, _: Data) -> Data:
        self._world.rounds.clear()
        return {}

    def _notifications(self, data: Data) -> Data:
        self._world.notifier.lose = data.get("lose", 0)
        self._world.notifier.patience = data.get("patience", self._world.notifier.patience)
        return {}

    def _lifecycle(self, data: Data) -> Data:
        """Let a subscription need its owner: ``missed``, ``reauthorizationRequired`` or ``subscriptionRemoved``."""
        found = self._world.subscriptions[data["id"]]
        kind = data["event"]
        found.silent = found.silent or kind == "reauthorizationRequired"
        if kind == "subscriptionRemoved":
            del self._world.subscriptions[found.id]
        if found.lifecycle_url:
            account = self._world.directory.accounts[found.account]
            self._world.outbox.append((found.lifecycle_url, lifecycle(found, account, kind)))
        return {}

    async def _act(self, request: Request) -> Response:
        """Do something as the person does it in Outlook: ``method``, ``path`` and ``body`` of Graph, without faults."""
        said = await request.json()
        account = self._account(request.path_params)
        status, body = await act(self._world, account, said["method"], said["path"], said.get("body"))
        self._world.settle()
        return JSONResponse({"status": status, "body": body})

    def _account(self, data: Data) -> Account:
        found = self._world.directory.account(data["id"])
        if found is None:
            raise LookupError(f"no account {data['id']}")
        return found
