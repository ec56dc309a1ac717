"""A person agrees at Microsoft, or does not, and we know which, what for, and what to do next."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.errors import Rejected, Temporary
from connectors.microsoft.consent import MicrosoftConsent
from connectors.microsoft.scopes import DEFAULT, READ, RICHER, SEND, WRITE
from connectors.oauth import Declined, Forged, NeedsAdministrator
from tests.connectors.microsoft.keeping import client_of, granted
from tests.servers.microsoft.stage import REDIRECT, Stage

pytestmark = pytest.mark.xdist_group("microsoft")


def consent(stage: Stage, **more: str) -> MicrosoftConsent:
    return MicrosoftConsent(client_of(stage, **more), home=Path())


def test_who_agrees_is_known_by_their_address_and_what_they_granted(stage: Stage) -> None:
    person = stage.account()
    found = granted(stage, person, READ, SEND)
    assert found.account == person.address
    assert found.asked == {READ, SEND}
    assert not found.withheld
    assert found.granted >= {READ, SEND}
    assert b"refresh" in found.payload.lower()


def test_the_page_is_asked_for_with_pkce_a_state_a_nonce_and_no_more_than_is_needed(stage: Stage) -> None:
    started = consent(stage).start(REDIRECT, "state-7", frozenset({READ}), "someone@example.org")
    said = {name: value[0] for name, value in parse_qs(urlsplit(started.url).query).items()}
    assert said["state"] == "state-7"
    assert said["code_challenge_method"] == "S256"
    assert said["nonce"]
    assert said["login_hint"] == "someone@example.org"
    assert set(said["scope"].split()) == {READ, "openid", "profile", "offline_access"}
    assert urlsplit(started.url).path == "/organizations/oauth2/v2.0/authorize"


def test_whatever_is_more_than_the_least_has_its_reason() -> None:
    assert {WRITE} == DEFAULT
    assert set(RICHER) == {SEND}
    assert all(RICHER.values())


def test_what_was_not_granted_is_noticed(stage: Stage) -> None:
    person = stage.account(withheld=[SEND])
    found = granted(stage, person, WRITE, SEND)
    assert found.withheld == {SEND}
    assert WRITE in found.granted


def test_a_person_may_decline(stage: Stage) -> None:
    with pytest.raises(Declined):
        granted(stage, stage.account(), answers=("cancel",))


def test_another_state_is_forged(stage: Stage) -> None:
    asking = consent(stage)
    started = asking.start(REDIRECT, "state-1", frozenset({READ}), None)
    answer = stage.account().visitor.visit(started.url, "accept").answer
    for forged in (answer | {"state": "another"}, {"code": answer["code"]}, {"state": "state-1"}):
        with pytest.raises(Forged):
            asking.finish(started.memory, forged)
    assert asking.finish(started.memory, answer).granted


def test_a_code_counts_once(stage: Stage) -> None:
    asking = consent(stage)
    started = asking.start(REDIRECT, "state-1", frozenset({READ}), None)
    answer = stage.account().visitor.visit(started.url, "accept").answer
    asking.finish(started.memory, answer)
    with pytest.raises(Forged):
        asking.finish(started.memory, answer)


def test_a_code_from_another_browser_does_not_count(stage: Stage) -> None:
    asking = consent(stage)
    mine, theirs = (asking.start(REDIRECT, "state-1", frozenset({READ}), None) for _ in range(2))
    answer = stage.account().visitor.visit(theirs.url, "accept").answer
    with pytest.raises(Forged):
        asking.finish(mine.memory, answer)


def test_a_code_that_is_too_old_does_not_count(stage: Stage) -> None:
    asking = consent(stage)
    started = asking.start(REDIRECT, "state-1", frozenset({READ}), None)
    answer = stage.account().visitor.visit(started.url, "accept").answer
    stage.server.advance(600)
    with pytest.raises(Forged):
        asking.finish(started.memory, answer)


def test_an_organisation_that_needs_its_administrator_says_so_and_goes_on_once_they_agreed(stage: Stage) -> None:
    stage.server.ask("PUT", f"/tenants/{stage.tenant}", {"user_consent": "none"})
    person, administrator = stage.account(), stage.account(admin=True)
    with pytest.raises(NeedsAdministrator) as caught:
        granted(stage, person, WRITE, answers=("cancel",))
    link = urlsplit(caught.value.link)
    assert link.path == "/organizations/v2.0/adminconsent"
    assert parse_qs(link.query)["scope"] == [WRITE]
    seen = administrator.visitor.visit(caught.value.link, "accept")
    assert seen.answer["admin_consent"] == "True"
    assert WRITE in granted(stage, person, WRITE, answers=()).granted


def test_a_wrong_secret_is_the_administrators_to_mend(stage: Stage) -> None:
    asking = consent(stage, client_secret="wrong")
    started = asking.start(REDIRECT, "state-1", frozenset({READ}), None)
    answer = stage.account().visitor.visit(started.url, "accept").answer
    with pytest.raises(Rejected, match=r"AADSTS7000215.*attune\.yaml"):
        asking.finish(started.memory, answer)


def test_an_authority_that_does_not_answer_is_tried_later(stage: Stage) -> None:
    with pytest.raises(Temporary):
        consent(stage, authority="https://localhost:9").start(REDIRECT, "state-1", frozenset({READ}), None)


def test_microsoft_has_no_way_to_give_a_consent_back(stage: Stage) -> None:
    assert consent(stage).withdraw(b"") is False
