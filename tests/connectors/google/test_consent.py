"""Agreeing at Google: by plain HTTP, as a browser without JavaScript would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from agent.clock import RehearsalClock
from connectors.errors import Rejected, Temporary
from connectors.google import scopes
from connectors.google.consent import GoogleConsent
from connectors.google.tokens import unpacked
from connectors.oauth import Carries, Declined, Forged, Granted, Secret, Started
from connectors.registry import open_consents, scopes_at
from tests.connectors.google.conftest import BACK
from tests.connectors.google.owner import NOW, MemoryKeep, client_of, opened
from tests.contract.owners import ADDRESS, UID, WINDOW, invitation
from tests.servers.common.process import HTTP
from tests.servers.google.running import GoogleServer


@pytest.fixture
def consent(server: GoogleServer) -> GoogleConsent:
    return GoogleConsent(client_of(server), home=Path(), clock=RehearsalClock(NOW))


def begun(consent: GoogleConsent, asked: frozenset[str] = scopes.DEFAULT) -> Started:
    return consent.start(BACK, "state-1", asked, ADDRESS)


def pressed(started: Started, *ticked: str, decision: str = "allow") -> Mapping[str, str]:
    """Fill in Google's page and give what the browser brings back."""
    assert HTTP.get(started.url).status_code == httpx.codes.OK
    form = {"account": ADDRESS, "scope": list(ticked or scopes.DEFAULT), "decision": decision}
    answer = HTTP.post(started.url, data=form)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return {key: value for key, (value,) in parse_qs(back.query).items()}


def agreed(consent: GoogleConsent, *ticked: str, asked: frozenset[str] = scopes.DEFAULT) -> Granted:
    started = begun(consent, asked)
    return consent.finish(started.memory, pressed(started, *ticked))


def test_who_agreed_and_to_what_is_known(consent: GoogleConsent) -> None:
    granted = agreed(consent)
    assert (granted.account, granted.granted, granted.withheld) == (ADDRESS, scopes.DEFAULT, frozenset())


def test_a_grant_opens_the_calendar(consent: GoogleConsent, server: GoogleServer) -> None:
    calendar = opened(server, MemoryKeep(Secret(agreed(consent).payload, 1)))
    calendar.create(invitation())
    assert calendar.find(UID) is not None
    calendar.close()


def test_what_was_unticked_is_noticed_and_the_rest_goes_on(consent: GoogleConsent, server: GoogleServer) -> None:
    granted = agreed(consent, "openid", "email", scopes.FREE_BUSY)
    assert granted.withheld == {scopes.APP_CREATED}
    calendar = opened(server, MemoryKeep(Secret(granted.payload, 1)))
    assert calendar.read(WINDOW, frozenset({UID})).busy == ()
    calendar.close()


def test_each_richer_scope_has_its_reason_and_is_asked_for_by_itself(consent: GoogleConsent) -> None:
    for scope, reason in scopes.RICHER.items():
        assert reason
        asked = scopes.DEFAULT | {scope}
        assert agreed(consent, *asked, asked=asked).granted == asked


def test_who_says_no_has_declined(consent: GoogleConsent) -> None:
    started = begun(consent)
    with pytest.raises(Declined):
        consent.finish(started.memory, pressed(started, decision="deny"))


def test_another_state_is_forged(consent: GoogleConsent) -> None:
    started = begun(consent)
    answer = pressed(started)
    for state in ("state-2", ""):
        with pytest.raises(Forged):
            consent.finish(started.memory, {**answer, "state": state})


def test_a_code_that_was_used_before_is_forged(consent: GoogleConsent) -> None:
    started = begun(consent)
    answer = pressed(started)
    consent.finish(started.memory, answer)
    with pytest.raises(Forged):
        consent.finish(started.memory, answer)


def test_a_code_from_another_browser_is_forged(consent: GoogleConsent) -> None:
    """Whoever began has the verifier of PKCE; nobody else's code can be redeemed with it."""
    with pytest.raises(Forged):
        consent.finish(begun(consent).memory, pressed(begun(consent)))


def test_an_answer_without_a_code_is_forged(consent: GoogleConsent) -> None:
    with pytest.raises(Forged):
        consent.finish(begun(consent).memory, {"state": "state-1"})


def test_a_wrong_client_secret_is_the_administrators_to_mend(server: GoogleServer) -> None:
    client = client_of(server).model_copy(update={"client_secret": None})
    consent = GoogleConsent(client, home=Path(), clock=RehearsalClock(NOW))
    with pytest.raises(Rejected, match="client_secret"):
        agreed(consent)


def test_google_out_of_reach_is_temporary(server: GoogleServer) -> None:
    client = client_of(server).model_copy(update={"token": "http://127.0.0.1:9/token"})
    consent = GoogleConsent(client_of(server), home=Path(), clock=RehearsalClock(NOW))
    started = begun(consent)
    answer = pressed(started)
    with pytest.raises(Temporary):
        GoogleConsent(client, home=Path(), clock=RehearsalClock(NOW)).finish(started.memory, answer)


def test_what_is_given_back_is_given_back_once_and_for_all(consent: GoogleConsent) -> None:
    granted = agreed(consent)
    assert consent.withdraw(granted.payload)
    assert consent.withdraw(granted.payload)


def test_who_agrees_again_keeps_the_calendar_that_was_made(consent: GoogleConsent, server: GoogleServer) -> None:
    keep = MemoryKeep(Secret(agreed(consent).payload, 1))
    calendar = opened(server, keep)
    calendar.create(invitation())
    keep.secret = Secret(consent.carried(keep.read().payload, agreed(consent).payload), 9)
    assert calendar.find(UID) is not None
    calendar.close()


def test_another_accounts_calendar_is_not_carried_over(consent: GoogleConsent) -> None:
    old = replace(unpacked(agreed(consent).payload), calendar="ours", account="another@northwind.example")
    assert unpacked(consent.carried(old.packed(), agreed(consent).payload)).calendar == ""


def test_it_is_what_the_granting_pages_ask_for(server: GoogleServer) -> None:
    clients = {"google": client_of(server)}
    consents = open_consents(clients, home=Path(), clock=RehearsalClock(NOW))
    assert isinstance(consents["google"], Carries)
    assert scopes_at("google").needed == scopes.DEFAULT
    assert scopes_at("google").chosen == scopes.RICHER


def test_the_secret_shows_nothing_in_a_traceback(consent: GoogleConsent) -> None:
    tokens = unpacked(agreed(consent).payload)
    assert tokens.refresh
    assert tokens.refresh not in repr(tokens)
