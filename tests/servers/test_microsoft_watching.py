"""Subscriptions: made after a handshake, told of changes, renewed or lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.servers.microsoft.receiver import Receiver
from tests.servers.microsoft.stage import Stage, code_of

pytestmark = pytest.mark.xdist_group("microsoft")


@pytest.fixture
def receiver(stage: Stage) -> Iterator[Receiver]:
    with Receiver(stage.server) as running:
        yield running


def ahead(**length: float) -> str:
    return (datetime.now(UTC) + timedelta(**length)).isoformat().replace("+00:00", "Z")


def wanted(receiver: Receiver, **changed: Any) -> dict[str, Any]:
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": receiver.url,
        "lifecycleNotificationUrl": receiver.url,
        "resource": "me/events",
        "expirationDateTime": ahead(days=6),
        "clientState": "secret-1",
    }
    return {name: value for name, value in (body | changed).items() if value is not None}


def test_every_change_is_told_with_the_secret_and_without_content(stage: Stage, receiver: Receiver) -> None:
    person = stage.person()
    made = person.post("/subscriptions", wanted(receiver))
    assert made["clientState"] is None
    booked = person.book(subject="private words")
    person.ask("PATCH", f"/me/events/{booked['id']}", json={"subject": "other words"})
    person.ask("DELETE", f"/me/events/{booked['id']}")
    told = receiver.wait_for(3)
    assert sorted(it["changeType"] for it in told) == ["created", "deleted", "updated"]
    assert {it["clientState"] for it in told} == {"secret-1"}
    assert {it["subscriptionId"] for it in told} == {made["id"]}
    assert {it["resourceData"]["id"] for it in told} == {booked["id"]}
    assert "words" not in str(told)


def test_a_copy_that_arrives_is_told_of_too(stage: Stage, receiver: Receiver) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentee.post("/subscriptions", wanted(receiver, changeType="created"))
    mentor.book(attendees=[mentee.address])
    [told] = receiver.wait_for(1)
    assert told["resourceData"]["id"] == mentee.get("/me/events")["value"][0]["id"]


@pytest.mark.parametrize("spoil", ["echo", "type", "status", "silence"])
def test_who_does_not_shake_hands_gets_no_subscription(stage: Stage, receiver: Receiver, spoil: str) -> None:
    receiver.spoil = spoil
    stage.server.ask("PUT", "/notifications", {"patience": 0.3})
    person = stage.person()
    answer = person.ask("POST", "/subscriptions", json=wanted(receiver))
    assert (answer.status_code, code_of(answer)) == (400, "ValidationError")
    assert person.get("/subscriptions")["value"] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"notificationUrl": "http://localhost/notify"}, "InvalidRequest"),
        ({"changeType": "created,moved"}, "InvalidRequest"),
        ({"resource": "me/contacts"}, "ExtensionError"),
        ({"expirationDateTime": ahead(days=8)}, "ExtensionError"),
        ({"expirationDateTime": ahead(minutes=-1)}, "InvalidRequest"),
        ({"expirationDateTime": "next week"}, "RequestBodyRead"),
        ({"clientState": "s" * 129}, "InvalidRequest"),
        ({"includeResourceData": True}, "InvalidRequest"),
        ({"changeType": None}, "InvalidRequest"),
        ({"webhook": "x"}, "RequestBodyRead"),
        ({"applicationId": "x"}, "InvalidRequest"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    stage: Stage, receiver: Receiver, changed: dict[str, Any], code: str
) -> None:
    answer = stage.person().ask("POST", "/subscriptions", json=wanted(receiver, **changed))
    assert (answer.status_code, code_of(answer)) == (400, code)


def test_a_subscription_ends_unless_it_is_renewed(stage: Stage, receiver: Receiver) -> None:
    person = stage.person()
    path = f"/subscriptions/{person.post('/subscriptions', wanted(receiver, expirationDateTime=ahead(hours=2)))['id']}"
    renewed = person.ask("PATCH", path, json={"expirationDateTime": ahead(hours=4)})
    assert renewed.status_code == 200
    stage.server.advance(3 * 3_600)
    person.token = stage.grant(person)["access_token"]
    assert person.ask("GET", path).status_code == 200
    stage.server.advance(2 * 3_600)
    person.token = stage.grant(person)["access_token"]
    assert person.ask("PATCH", path, json={"expirationDateTime": ahead(days=1)}).status_code == 404
    stage.server.ask("PUT", "/notifications", {"lose": 1})  # a lost one is noted at once
    person.book()
    assert stage.server.ask("GET", "/notifications") == []


def test_an_end_that_is_too_near_becomes_three_quarters_of_an_hour(stage: Stage, receiver: Receiver) -> None:
    made = stage.person().post("/subscriptions", wanted(receiver, expirationDateTime=ahead(minutes=1)))
    assert made["expirationDateTime"] > ahead(minutes=44)


def test_a_subscription_can_be_given_up_by_its_owner_only(stage: Stage, receiver: Receiver) -> None:
    person, other = stage.person(), stage.person()
    path = f"/subscriptions/{person.post('/subscriptions', wanted(receiver))['id']}"
    assert other.ask("DELETE", path).status_code == 404
    assert person.ask("DELETE", path).status_code == 204
    assert person.ask("GET", path).status_code == 404


def test_a_notification_that_is_not_taken_comes_again(stage: Stage, receiver: Receiver) -> None:
    person = stage.person()
    person.post("/subscriptions", wanted(receiver))
    receiver.failing = 2
    person.book()
    assert [it["changeType"] for it in receiver.wait_for(1)] == ["created"]


def test_a_notification_may_be_lost(stage: Stage, receiver: Receiver) -> None:
    person = stage.person()
    person.post("/subscriptions", wanted(receiver))
    stage.server.ask("PUT", "/notifications", {"lose": 1})
    person.book(subject="lost")
    booked = person.book(subject="told")
    assert [it["resourceData"]["id"] for it in receiver.wait_for(1)] == [booked["id"]]


def test_a_subscription_asks_for_its_owner_and_is_silent_until_then(stage: Stage, receiver: Receiver) -> None:
    person = stage.person()
    made = person.post("/subscriptions", wanted(receiver))
    stage.server.ask("POST", f"/subscriptions/{made['id']}/lifecycle", {"event": "reauthorizationRequired"})
    assert receiver.wait_for(1)[0]["lifecycleEvent"] == "reauthorizationRequired"
    person.book(subject="unheard")
    assert person.ask("POST", f"/subscriptions/{made['id']}/reauthorize").status_code == 204
    person.book(subject="heard")
    assert len(receiver.wait_for(2)) == 2
    stage.server.ask("POST", f"/subscriptions/{made['id']}/lifecycle", {"event": "subscriptionRemoved"})
    assert receiver.wait_for(3)[2]["lifecycleEvent"] == "subscriptionRemoved"
    assert person.get("/subscriptions")["value"] == []
