"""Channels at the double of Google: what arrives at an address when a calendar changes, and until when."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.servers.google.acting import ALL, MENTOR, TEN, call, reason
from tests.servers.google.documents import Json
from tests.servers.google.running import GoogleServer
from tests.servers.scripted import Reply, ScriptedServer

EVENTS = "calendars/primary/events"
WEEK = 7 * 86400


@pytest.fixture
def tokens(server: GoogleServer) -> Json:
    return server.grant(MENTOR, [ALL])


@pytest.fixture
def hook() -> Iterator[ScriptedServer]:
    """Where the messages go."""
    with ScriptedServer() as listening:
        listening.replies.extend([Reply(204)] * 50)
        yield listening


def channel(hook: ScriptedServer, **more: object) -> Json:
    return {"id": "c-1", "type": "web_hook", "address": f"http://127.0.0.1:{hook.port}/hook", "token": "t-1"} | more


def heard(hook: ScriptedServer, most: int) -> list[dict[str, str]]:
    """Wait for so many messages, and a little for one too many."""
    deadline = time.monotonic() + 5
    while len(hook.asked) < most and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.12)
    return [{name.lower(): value for name, value in each.headers.items()} for each in hook.asked]


def test_a_channel_says_first_that_it_is_there_and_then_of_each_change(
    server: GoogleServer, tokens: Json, hook: ScriptedServer
) -> None:
    made = call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook)).raise_for_status().json()
    call(server, tokens, "POST", EVENTS, TEN)
    server.by_hand(MENTOR, "calendar.events.insert", TEN, calendarId="primary")
    messages = heard(hook, 3)
    assert [each["x-goog-resource-state"] for each in messages] == ["sync", "exists", "exists"]
    assert [each["x-goog-message-number"] for each in messages] == ["1", "2", "3"]
    assert {each["x-goog-channel-id"] for each in messages} == {"c-1"}
    assert {each["x-goog-channel-token"] for each in messages} == {"t-1"}
    assert {each["x-goog-resource-id"] for each in messages} == {made["resourceId"]}
    assert messages[0]["x-goog-channel-expiration"] == "Mon, 01 Mar 2027 12:00:00 GMT"
    assert {each.body for each in hook.asked} == {b""}


@pytest.mark.parametrize(
    ("more", "seconds"),
    [({}, WEEK), ({"params": {"ttl": "60"}}, 60), ({"params": {"ttl": "9999999"}}, WEEK)],
)
def test_a_channel_ends_by_itself(
    server: GoogleServer, tokens: Json, hook: ScriptedServer, more: Json, seconds: int
) -> None:
    made = call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook, **more)).json()
    assert int(made["expiration"]) == (1803297600 + seconds) * 1000
    server.advance(seconds)
    server.by_hand(MENTOR, "calendar.events.insert", TEN, calendarId="primary")
    assert len(heard(hook, 1)) == 1


def test_a_stopped_channel_is_silent_and_only_whoever_made_it_stops_it(
    server: GoogleServer, tokens: Json, hook: ScriptedServer
) -> None:
    made = call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook)).json()
    which = {"id": "c-1", "resourceId": made["resourceId"]}
    other = server.grant("mentee@gmail.example", [ALL])
    assert reason(call(server, other, "POST", "channels/stop", which)) == (404, "notFound")
    assert call(server, tokens, "POST", "channels/stop", which).status_code == 204
    assert reason(call(server, tokens, "POST", "channels/stop", which)) == (404, "notFound")
    call(server, tokens, "POST", EVENTS, TEN)
    assert len(heard(hook, 1)) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"address": "http://attune.example/hook"}, "push.webhookUrlNotHttps"),
        ({"id": "with space"}, "channelIdInvalid"),
        ({"type": "mail"}, "channelUnknown"),
        ({"address": None}, "required"),
        ({"token": "t" * 257}, "invalid"),
        ({"expiration": "1000"}, "channelExpirationInvalid"),
        ({"expiration": "tomorrow"}, "badRequest"),
        ({"id": "taken"}, "channelIdNotUnique"),
    ],
)
def test_a_channel_that_google_would_not_open_is_refused(
    server: GoogleServer, tokens: Json, hook: ScriptedServer, change: Json, why: str
) -> None:
    call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook, id="taken")).raise_for_status()
    assert reason(call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook, **change))) == (400, why)


@pytest.mark.parametrize(("pushes", "arrived"), [("drop", 0), ("twice", 2)])
def test_messages_may_be_lost_or_come_twice(
    server: GoogleServer, tokens: Json, hook: ScriptedServer, pushes: str, arrived: int
) -> None:
    server.set(pushes=pushes)
    call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook)).raise_for_status()
    assert len(heard(hook, arrived)) == arrived


def test_what_became_of_each_message_is_written_down(server: GoogleServer, tokens: Json, hook: ScriptedServer) -> None:
    hook.replies.clear()
    call(server, tokens, "POST", f"{EVENTS}/watch", channel(hook)).raise_for_status()
    heard(hook, 1)
    assert [each["status"] for each in server.pushes()] == [500]
