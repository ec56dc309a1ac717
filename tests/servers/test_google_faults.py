"""What goes wrong at the double of Google on purpose, and that the same seed goes wrong the same way."""

from __future__ import annotations

import httpx
import pytest

from tests.servers.google.acting import ALL, MENTOR, TEN, call, own_calendar, reason, refresh
from tests.servers.google.documents import Json
from tests.servers.google.running import DEFAULT_SCOPES, GoogleServer

KEY = "meeting01"
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR)


@pytest.fixture
def events(server: GoogleServer, tokens: Json) -> str:
    return f"{own_calendar(server, tokens)}/events"


def insert(server: GoogleServer, tokens: Json, events: str, key: str = KEY) -> httpx.Response:
    return call(server, tokens, "POST", events, TEN | {"id": key})


@pytest.mark.parametrize(("fault", "left"), [("before-commit", 0), ("after-commit", 1), ("truncated", 1)])
def test_a_connection_breaks_before_or_after_the_write(
    server: GoogleServer, tokens: Json, events: str, fault: str, left: int
) -> None:
    server.fail_next("calendar.events.insert", fault)
    with pytest.raises(BROKEN):
        insert(server, tokens, events)
    assert len(server.events()) == left
    assert insert(server, tokens, events).status_code == (409 if left else 200)


@pytest.mark.parametrize(
    ("fault", "status", "left"),
    [("unavailable", 503, 0), ("throttled", 429, 0), ("failed-after-commit", 500, 1)],
)
def test_an_answer_that_says_no_may_follow_a_write(
    server: GoogleServer, tokens: Json, events: str, fault: str, status: int, left: int
) -> None:
    server.fail_next("calendar.events.insert", fault)
    refused = insert(server, tokens, events)
    assert refused.status_code == status
    assert refused.headers.get("Retry-After") == ("7" if fault == "throttled" else None)
    assert len(server.events()) == left


def test_half_an_answer_promises_all_of_it(server: GoogleServer, tokens: Json, events: str) -> None:
    server.fail_next("*", "truncated")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        insert(server, tokens, events)


def test_an_answer_without_a_body_is_lost_whole(server: GoogleServer, tokens: Json, events: str) -> None:
    insert(server, tokens, events)
    server.fail_next("calendar.events.delete", "truncated")
    with pytest.raises(BROKEN):
        call(server, tokens, "DELETE", f"{events}/{KEY}")
    assert reason(call(server, tokens, "DELETE", f"{events}/{KEY}")) == (410, "deleted")


def test_a_grant_that_was_taken_back_midway_stays_so(server: GoogleServer, tokens: Json, events: str) -> None:
    server.fail_next("calendar.events.insert", "token-revoked")
    assert reason(insert(server, tokens, events)) == (401, "authError")
    assert refresh(server, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert server.events() == []


def test_a_scope_that_was_lost_midway_stays_so(server: GoogleServer, tokens: Json, events: str) -> None:
    server.fail_next("calendar.events.insert", "scope-missing")
    assert reason(insert(server, tokens, events)) == (403, "insufficientPermissions")
    fresh = refresh(server, tokens["refresh_token"]).json()
    assert DEFAULT_SCOPES[3] not in fresh["scope"]
    assert DEFAULT_SCOPES[2] in fresh["scope"]
    assert reason(insert(server, fresh, events)) == (403, "insufficientPermissions")


def test_faults_meet_writes_and_not_reads_nor_what_is_refused(server: GoogleServer, tokens: Json, events: str) -> None:
    server.fail_next("*", "unavailable")
    assert call(server, tokens, "GET", events).is_success
    assert reason(call(server, tokens, "POST", events, {"colour": "red"})) == (400, "required")
    assert server.faults() == []
    assert insert(server, tokens, events).status_code == 503


def outcomes(server: GoogleServer, tokens: Json, events: str, seed: int) -> list[int]:
    """How thirty writes end, one in three of which is to be hit."""
    kinds = ["unavailable", "throttled", "failed-after-commit"]
    server.plan_faults(seed=seed, one_in=3, kinds=kinds, methods=["calendar.events.*"])
    return [insert(server, tokens, events, f"e{seed}a{index:03}").status_code for index in range(30)]


def test_the_same_seed_fails_the_same_way(server: GoogleServer) -> None:
    runs = []
    for seed in (1, 1, 2):
        server.reset()
        server.add_client()
        server.add_account(MENTOR)
        tokens = server.grant(MENTOR)
        runs.append(outcomes(server, tokens, f"{own_calendar(server, tokens)}/events", seed))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert {200, 429, 500, 503} >= set(runs[0]) > {200}
    assert 3 < sum(status != 200 for status in runs[0]) < 20


def test_what_goes_wrong_for_one_does_not_depend_on_what_others_write(server: GoogleServer) -> None:
    runs = []
    for other in (False, True):
        server.reset()
        server.add_client()
        paths = {}
        for email in (MENTOR, "mentee@gmail.example"):
            server.add_account(email)
            tokens = server.grant(email)
            paths[email] = tokens, f"{own_calendar(server, tokens)}/events"
        server.plan_faults(seed=1, one_in=3, kinds=["unavailable"], methods=["calendar.events.*"])
        statuses = []
        for index in range(12):
            statuses.append(insert(server, *paths[MENTOR], f"mine{index:03}").status_code)
            if other:
                insert(server, *paths["mentee@gmail.example"], f"mine{index:03}")
        runs.append(statuses)
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_every_hit_is_written_down(server: GoogleServer, tokens: Json, events: str) -> None:
    outcomes(server, tokens, events, 1)
    hit = server.faults()
    assert hit
    assert {each["method"] for each in hit} == {"calendar.events.insert"}
    assert len(hit) == len(server.calls()["refused"])


@pytest.mark.parametrize(("fault", "rotated"), [("before-commit", False), ("after-commit", True)])
def test_tokens_can_be_lost_on_their_way_too(server: GoogleServer, tokens: Json, fault: str, rotated: bool) -> None:
    server.set(rotate_refresh_tokens=True)
    server.fail_next("oauth2.token", fault)
    with pytest.raises(BROKEN):
        refresh(server, tokens["refresh_token"])
    assert refresh(server, tokens["refresh_token"]).is_success != rotated


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [
        ("rateLimitExceeded", 403, "rateLimitExceeded"),
        ("userRateLimitExceeded", 403, "userRateLimitExceeded"),
        ("quotaExceeded", 403, "quotaExceeded"),
        ("tooManyRequests", 429, "rateLimitExceeded"),
    ],
)
def test_an_account_that_asks_too_often_is_told_to_wait(
    server: GoogleServer, tokens: Json, events: str, kind: str, status: int, why: str
) -> None:
    server.advance(60)
    server.set(requests_per_minute=2, over_limit=kind, retry_after=9)
    statuses = [call(server, tokens, "GET", events) for _ in range(3)]
    assert [each.status_code for each in statuses] == [200, 200, status]
    assert reason(statuses[2]) == (status, why)
    assert statuses[2].headers["Retry-After"] == "9"
    assert call(server, server.grant("mentee@gmail.example", [ALL]), "GET", "calendars/primary/events").is_success
    server.advance(61)
    assert call(server, tokens, "GET", events).is_success


def write(server: GoogleServer, tokens: Json, events: str, key: str) -> None:
    """Write as a careful client does: after whatever is no plain answer, look first."""
    for _ in range(20):
        try:
            if insert(server, tokens, events, key).is_success:
                return
        except BROKEN:
            pass
        if call(server, tokens, "GET", f"{events}/{key}").is_success:
            return
    raise AssertionError(f"{key} never got through")


def test_a_client_that_looks_before_it_tries_again_writes_each_event_once(
    server: GoogleServer, tokens: Json, events: str
) -> None:
    kinds = ["before-commit", "after-commit", "truncated", "failed-after-commit", "unavailable", "throttled"]
    server.plan_faults(seed=3, one_in=2, kinds=kinds)
    keys = [f"event{index:03}" for index in range(40)]
    for key in keys:
        write(server, tokens, events, key)
    assert sorted(each["id"] for each in server.events()) == keys
    assert {each["fault"] for each in server.faults()} == set(kinds)
    left = sum(each["fault"] in {"before-commit", "unavailable", "throttled"} for each in server.faults())
    assert server.calls()["methods"]["calendar.events.insert"] == len(keys) + left
