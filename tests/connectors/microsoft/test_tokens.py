"""Tokens are renewed and kept without anybody noticing, and end where the grant does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.clock import RehearsalClock
from connectors.errors import ConsentRevoked, Rejected, Temporary
from connectors.microsoft.application import Application
from connectors.microsoft.scopes import READ, SEND, TO_READ, WRITE
from connectors.microsoft.tokens import Tokens
from tests.connectors.microsoft.keeping import MemoryKeep, client_of, granted, keep_for
from tests.connectors.microsoft.owner import NOW, opened
from tests.contract.owners import UID, WINDOW, invitation
from tests.servers.microsoft.stage import Person, Stage

pytestmark = pytest.mark.xdist_group("microsoft")


@pytest.fixture
def person(stage: Stage) -> Person:
    return stage.account()


@pytest.fixture
def keep(stage: Stage, person: Person) -> MemoryKeep:
    return keep_for(stage, person, WRITE)


def tokens(stage: Stage, keep: MemoryKeep, *scopes: str, **more: str) -> Tokens:
    return Tokens(Application(client_of(stage, **more), Path()), keep, scopes or (WRITE,), RehearsalClock(NOW))


def calls(stage: Stage) -> int:
    return int(stage.server.calls()["methods"].get("token.refresh", 0))


def test_what_the_consent_gave_is_used_first(stage: Stage, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep)
    assert mine.access() == mine.access()
    assert calls(stage) == 0


def test_a_renewed_token_is_kept_for_whoever_comes_next(stage: Stage, keep: MemoryKeep) -> None:
    first = tokens(stage, keep)
    old = first.access()
    new = first.renewed(old)
    assert new != old
    assert keep.read().version == 2
    stage.server.advance(301)  # the replaced refresh token ends: who kept it would be found out
    second = tokens(stage, keep)
    assert second.access() == new
    assert second.renewed(new) not in {old, new}


def test_many_threads_that_see_the_same_refusal_renew_once(stage: Stage, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep)
    old = mine.access()
    with ThreadPoolExecutor(8) as pool:
        new = set(pool.map(lambda _: mine.renewed(old), range(8)))
    assert len(new) == 1
    assert calls(stage) == 1


def test_two_processes_that_renew_at_once_both_go_on(stage: Stage, keep: MemoryKeep) -> None:
    one, other = tokens(stage, keep), tokens(stage, keep)
    first, second = one.access(), other.access()
    with ThreadPoolExecutor(2) as pool:
        renewed = [pool.submit(one.renewed, first), pool.submit(other.renewed, second)]
        assert all(each.result() for each in renewed)
    stage.server.advance(301)
    third = tokens(stage, keep)
    assert third.renewed(third.access())
    assert not keep.ended


def test_a_grant_that_ended_is_said_to_be_broken_once_and_never_asked_for_again(
    stage: Stage, person: Person, keep: MemoryKeep
) -> None:
    stage.server.ask("POST", f"/accounts/{person.address}/revoke", {})
    calendar = opened(stage, person, keep)
    with pytest.raises(ConsentRevoked):
        calendar.read(WINDOW, frozenset({UID}))
    assert keep.ended == [1]
    asked = calls(stage)
    with pytest.raises(ConsentRevoked):
        calendar.read(WINDOW, frozenset({UID}))
    assert calls(stage) == asked
    keep.take(granted(stage, person, WRITE).payload)
    calendar.read(WINDOW, frozenset({UID}))
    calendar.close()


def test_a_person_who_is_needed_is_asked(stage: Stage, person: Person, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep)
    old = mine.access()
    stage.server.ask("POST", f"/accounts/{person.address}/interaction", {})
    with pytest.raises(ConsentRevoked, match="AADSTS50076"):
        mine.renewed(old)
    assert keep.ended == [1]


def test_a_grant_that_nobody_used_for_months_has_ended(stage: Stage, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep)
    old = mine.access()
    stage.server.advance(91 * 86_400)
    with pytest.raises(ConsentRevoked):
        mine.renewed(old)


def test_a_scope_that_was_never_granted_leaves_the_grant_as_it_is(stage: Stage, keep: MemoryKeep) -> None:
    asked = len(stage.server.calls()["methods"])
    with pytest.raises(ConsentRevoked, match=SEND):
        tokens(stage, keep, SEND).access()
    assert len(stage.server.calls()["methods"]) == asked
    assert not keep.ended
    assert tokens(stage, keep).access()


def test_a_consent_taken_back_from_one_scope_leaves_the_grant_as_it_is(
    stage: Stage, person: Person, keep: MemoryKeep
) -> None:
    mine = tokens(stage, keep)
    old = mine.access()
    stage.server.fail_next("event.create", "scope-missing")
    calendar = opened(stage, person, keep)
    with pytest.raises(ConsentRevoked):
        calendar.create(invitation())
    with pytest.raises(ConsentRevoked, match="AADSTS65001"):
        mine.renewed(old)
    assert not keep.ended
    calendar.close()


def test_a_reader_makes_do_with_more_than_it_needs(stage: Stage, keep: MemoryKeep) -> None:
    assert tokens(stage, keep, *TO_READ).access()


def test_a_wrong_secret_says_nothing_about_the_grant(stage: Stage, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep, client_secret="wrong")
    with pytest.raises(Rejected, match=r"attune\.yaml"):
        mine.renewed(mine.access())
    assert not keep.ended


def test_an_identity_platform_that_is_down_says_nothing_about_the_grant(stage: Stage, keep: MemoryKeep) -> None:
    mine = tokens(stage, keep)
    old = mine.access()
    for fault in ("before-commit", "truncated", "failed-after-commit"):
        stage.server.fail_next("token.refresh", fault)
        with pytest.raises(Temporary):
            mine.renewed(old)
    assert not keep.ended
    later = tokens(stage, keep)  # msal itself waits five seconds after a 5xx
    assert later.renewed(later.access())


def test_what_was_kept_and_cannot_be_read_needs_a_new_consent(stage: Stage) -> None:
    for payload in (b"{", b"\xff", b"{}"):
        keep = MemoryKeep()
        keep.take(payload)
        with pytest.raises(ConsentRevoked):
            tokens(stage, keep).access()


def test_the_least_scope_is_enough_to_read(stage: Stage, person: Person) -> None:
    keep = keep_for(stage, person, READ)
    calendar = opened(stage, person, keep, book=False)
    assert calendar.check()
    assert calendar.token()
    assert not calendar.read(WINDOW, frozenset({UID})).busy
    calendar.close()
