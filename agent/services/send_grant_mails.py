"""Sends the mails that ask somebody for access: each once in effect, in the recipient's hours, and only while true.

The link is made when the mail is: its token stands in the mail and nowhere else. Where an answer was lost the mail may
have arrived; it goes out once more with the same ``Message-ID`` and a link of its own, and then no more.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from agent import log
from agent.core.journal import Entry
from agent.core.messages import next_open
from agent.core.people import Person
from agent.mail import compose
from agent.mail.compose import Asking
from agent.mail.personal import Personal
from agent.services.programme import Programme
from agent.services.send_mail import ATTEMPTS_LOST
from agent.store import grant_mails, grants, journal, links
from agent.store.engine import Transaction
from agent.store.grant_mails import DROPPED, FAILED, SENT, Kind, Order
from connectors import registry
from connectors.errors import ConsentRevoked, OutcomeUnknown, RateLimited, Temporary

LEASE = timedelta(minutes=2)
"""How long a claim lasts: more than three times the longest wait for the mail server."""

VALID = timedelta(days=14)
"""How long a personal link can be followed."""

UNCERTAIN, PATIENCE = timedelta(minutes=2), timedelta(hours=1)
"""How long to wait after a lost answer, and at the most between two attempts."""


def send_grant_mails(programme: Programme) -> int:
    """Send what is due; give how many were sent. What a mail server refuses for good is set aside."""
    with programme.store.look() as tx:
        if not grant_mails.waiting(tx, programme.clock.now()):
            return 0
    sent = 0
    while not programme.stopping():
        with programme.store.begin() as tx:
            order = grant_mails.claim(tx, programme.clock.now(), LEASE)
        if order is None:
            break
        sent += _carry_out(programme, order)
    return sent


def _carry_out(programme: Programme, order: Order) -> bool:
    now = programme.clock.now()
    person = programme.people.get(order.person)
    with programme.store.look() as tx:
        needless = _needless(tx, person, order, now)
    if person is None or needless:
        return _finish(programme, order, DROPPED, needless)
    opens, web = next_open(person, now) or now, programme.deployment.web
    if opens > now or web is None:
        later, why = (now + PATIENCE, "no-web-address") if web is None else (opens, "hours")
        return _put_off(programme, order, later, why)
    try:
        _send(programme, order, person, web, now)
    except OutcomeUnknown:
        return _put_off(programme, order, now + UNCERTAIN, "OutcomeUnknown", lost=True)
    except (Temporary, ConsentRevoked) as error:
        return _put_off(programme, order, now + _wait(order, error), type(error).__name__)
    except Exception as error:  # noqa: BLE001  what it was is kept, and the next goes on
        return _finish(programme, order, FAILED, type(error).__name__)
    return _finish(programme, order, SENT)


def _needless(tx: Transaction, person: Person | None, order: Order, now: datetime) -> str | None:
    """Why the mail cannot be sent, or would not be true any more, if so."""
    if person is None:
        return "person-gone"
    if next_open(person, now) is None:
        return "no-hours"
    if order.lost >= ATTEMPTS_LOST:
        return "outcome-unknown-twice"
    if order.kind is Kind.AGAIN and order.provider is not None:
        grant = grants.find(tx, order.person, order.provider)
        return None if grant is not None and grant.status == grants.NEEDS_CONSENT else "not-needed"
    return None


def _send(programme: Programme, order: Order, person: Person, web: str, now: datetime) -> None:
    token, until = secrets.token_urlsafe(32), now + VALID
    provider = registry.PROVIDERS.get(order.provider or "", order.provider or "")
    asking = Asking(f"{web}/join/{token}", until, again=order.kind is Kind.AGAIN, provider=provider)
    letter = Personal(programme.deployment, person, order.key, now)
    message = compose.compose_grant(programme.renderer, letter, asking)
    with programme.store.begin() as tx:
        links.add(tx, token, person.id, links.GRANT, now, until)
    programme.sender.send(message)


def _wait(order: Order, error: Exception) -> timedelta:
    if isinstance(error, RateLimited):
        return max(error.retry_after, timedelta(seconds=1))
    if isinstance(error, ConsentRevoked):
        return PATIENCE
    return min(timedelta(minutes=2 ** min(order.attempts, 10)), PATIENCE)


def _put_off(programme: Programme, order: Order, until: datetime, why: str, *, lost: bool = False) -> bool:
    with programme.store.begin() as tx:
        grant_mails.put_off(tx, order, until, why, lost=lost)
    log.logger().info("grant mail put off", person=order.person, kind=order.kind.value, why=why)
    return False


def _finish(programme: Programme, order: Order, status: str, why: str | None = None) -> bool:
    """Write down and say what came of it; whether it was sent."""
    now, sent = programme.clock.now(), status == SENT
    detail = {"kind": order.kind.value} | ({} if why is None else {"why": why})
    with programme.store.begin() as tx:
        if not grant_mails.finish(tx, order, status, now, why):
            return False
        event = "grant-mail-sent" if sent else "grant-mail-not-sent"
        journal.write(tx, [Entry(now, event, person=order.person, detail=detail)])
    say = log.logger().warning if status == FAILED else log.logger().info
    say("grant mail sent" if sent else "grant mail not sent", person=order.person, **detail)
    return sent
