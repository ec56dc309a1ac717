"""What goes wrong on purpose: at every point of a write, by a seed, the same again."""

from __future__ import annotations

import httpx
import pytest

from tests.servers.microsoft.stage import Person, Stage, aadsts, code_of, event

pytestmark = pytest.mark.xdist_group("microsoft")


def booked(stage: Stage, person: Person) -> int:
    return len(stage.server.events(person.address))


@pytest.mark.parametrize(("fault", "kept"), [("before-commit", 0), ("after-commit", 1), ("truncated", 1)])
def test_a_connection_breaks_before_or_after(stage: Stage, fault: str, kept: int) -> None:
    person = stage.person()
    stage.server.fail_next("event.create", fault)
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body" if fault == "truncated" else "without"):
        person.ask("POST", "/me/events", json=event())
    assert booked(stage, person) == kept
    person.book(subject="the next one works")


@pytest.mark.parametrize(
    ("fault", "status", "code", "kept"),
    [
        ("throttled", 429, "ApplicationThrottled", 0),
        ("unavailable", 503, "ServiceUnavailable", 0),
        ("failed-after-commit", 504, "GatewayTimeout", 1),
    ],
)
def test_an_error_says_nothing_of_what_was_done(stage: Stage, fault: str, status: int, code: str, kept: int) -> None:
    person = stage.person()
    stage.server.fail_next("event.*", fault)
    answer = person.ask("POST", "/me/events", json=event())
    assert (answer.status_code, code_of(answer), booked(stage, person)) == (status, code, kept)
    assert ("Retry-After" in answer.headers) == (status != 504)


def test_a_write_whose_answer_was_lost_is_not_done_twice_under_its_transaction(stage: Stage) -> None:
    person = stage.person()
    stage.server.fail_next("event.create", "after-commit")
    with pytest.raises(httpx.RemoteProtocolError):
        person.ask("POST", "/me/events", json=event(transactionId="t-1"))
    person.book(transactionId="t-1")
    assert booked(stage, person) == 1


def test_a_token_is_revoked_midway_for_good(stage: Stage) -> None:
    person = stage.account()
    tokens = stage.grant(person)
    person.token = tokens["access_token"]
    stage.server.fail_next("event.create", "token-revoked")
    assert person.ask("POST", "/me/events", json=event()).status_code == 401
    assert person.ask("GET", "/me").status_code == 401
    assert stage.refresh(tokens["refresh_token"]).json()["error_codes"] == [50173]
    assert booked(stage, person) == 0


def test_a_scope_goes_missing_midway_until_it_is_granted_again(stage: Stage) -> None:
    person = stage.person()
    stage.server.fail_next("event.create", "scope-missing")
    assert person.ask("POST", "/me/events", json=event()).status_code == 403
    assert person.ask("POST", "/me/events", json=event()).status_code == 403
    assert person.ask("GET", "/me").status_code == 200
    person.token = stage.grant(person)["access_token"]
    person.book()


@pytest.mark.parametrize("operation", ["token.code", "token.refresh"])
def test_the_token_endpoint_loses_answers_too(stage: Stage, operation: str) -> None:
    person = stage.account()
    token = stage.grant(person)["refresh_token"]
    code = person.visitor.visit(stage.address()).answer["code"]
    stage.server.fail_next(operation, "after-commit")
    with pytest.raises(httpx.RemoteProtocolError):
        stage.redeem(code) if operation == "token.code" else stage.refresh(token)
    again = stage.redeem(code) if operation == "token.code" else stage.refresh(token)
    assert again.status_code == (400 if operation == "token.code" else 200), "a code is used up, a token has its grace"


@pytest.mark.parametrize(("fault", "number"), [("token-revoked", 50173), ("scope-missing", 65001)])
def test_a_grant_ends_while_its_token_is_renewed(stage: Stage, fault: str, number: int) -> None:
    token = stage.grant(stage.account())["refresh_token"]
    stage.server.fail_next("token.refresh", fault)
    assert [aadsts(stage.refresh(token)) for _ in range(2)] == [number, number]


def test_a_code_may_come_too_late_for_its_grant(stage: Stage) -> None:
    code = stage.account().visitor.visit(stage.address(), "accept").answer["code"]
    stage.server.fail_next("token.code", "token-revoked")
    assert [aadsts(stage.redeem(code)) for _ in range(2)] == [50173, 50173]


def test_mail_is_sent_although_nobody_says_so(stage: Stage) -> None:
    person = stage.person()
    message = {"subject": "Agenda", "toRecipients": [{"emailAddress": {"address": "somebody@elsewhere.example"}}]}
    stage.server.fail_next("user.sendMail", "after-commit")
    with pytest.raises(httpx.RemoteProtocolError):
        person.ask("POST", "/me/sendMail", json={"message": message})
    assert len(stage.server.mails()) == 1


def struck(stage: Stage, first: Person, second: Person) -> set[tuple[str, int]]:
    """Let two people write in turn; give whose writes went wrong, and which."""
    found = set()
    for number in range(12):
        for person in (first, second):
            try:
                good = person.ask("POST", "/me/events", json=event()).is_success
            except httpx.TransportError:
                good = False
            if not good:
                found.add((person.address.partition("@")[0], number))
    return found


def test_a_seed_lets_the_same_writes_go_wrong_whoever_comes_first(stage: Stage) -> None:
    kinds = ["before-commit", "after-commit", "truncated", "throttled", "unavailable", "failed-after-commit"]
    rounds = []
    for turned in (False, True):
        stage.server.reset()
        again = Stage(stage.server, stage.client, "same.example").open()
        people = [again.person(), again.person()]
        stage.server.plan_faults(seed=3, one_in=3, kinds=kinds, methods=["event.*"])
        rounds.append(struck(again, *(reversed(people) if turned else people)))
    assert rounds[0] == rounds[1]
    assert {who for who, _ in rounds[0]} == {"person-1", "person-2"}
    assert 3 <= len(rounds[0]) <= 16


def test_reads_are_never_struck(stage: Stage) -> None:
    person = stage.person()
    stage.server.plan_faults(seed=1, one_in=1)
    assert person.ask("GET", "/me/events").status_code == 200
    assert stage.server.faults() == []


def test_a_fault_within_a_batch_breaks_all_of_it(stage: Stage) -> None:
    person = stage.person()
    headers = {"Content-Type": "application/json"}
    requests = [
        {"id": str(number), "method": "POST", "url": "/me/events", "headers": headers, "body": event()}
        for number in range(2)
    ]
    stage.server.fail_next("event.create", "after-commit")
    with pytest.raises(httpx.RemoteProtocolError):
        person.ask("POST", "/$batch", json={"requests": requests})
    assert booked(stage, person) == 1
