"""What tells one calendar from another is the same for the same one, and gives nothing away."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from agent.clock import RehearsalClock
from agent.core.whereabouts import Whereabouts
from connectors.caldav.settings import CalDavSettings
from connectors.errors import Rejected
from connectors.google.settings import GoogleCalendarSettings, GoogleClientSettings
from connectors.microsoft.settings import MicrosoftCalendarSettings, MicrosoftClientSettings
from connectors.registry import client_models, open_calendar, open_consents, place_of, scopes_at, server_of
from tests.connectors.google.owner import NOW, MemoryKeep
from tests.contract.owners import ADDRESS, ZONE

WORK = "https://calendar.example.org/mentor-1/work/"


def place(url: str = WORK, **more: Any) -> str:
    return place_of(CalDavSettings(kind="caldav", url=url, **more))


def test_a_new_password_or_no_more_booking_leaves_a_calendar_the_one_it_is() -> None:
    assert place() == place(book=True) == place(password=SecretStr("one")) == place(password_file="secrets/one")


def test_another_address_or_login_is_another_calendar() -> None:
    assert len({place(), place(WORK.replace("work", "home")), place(username="mentor-1")}) == 3


def test_nothing_can_be_read_from_it() -> None:
    assert len(place(password=SecretStr("one"))) == 16
    assert "mentor" not in place()


def google(**more: Any) -> GoogleCalendarSettings:
    return GoogleCalendarSettings.model_validate({"kind": "google", **more})


def test_how_a_google_account_is_used_leaves_it_the_one_it_is() -> None:
    assert place_of(google()) == place_of(google(book=True, meet=True, calendars=["team"], visibility="default"))
    assert place_of(google()) != place()
    assert server_of(google()) == "www.googleapis.com"


def refusal(clients: Mapping[str, BaseModel], calendar_of: BaseModel | None = None) -> str:
    """Give what is said of a calendar that cannot be opened."""
    where, clock = Whereabouts(ZONE), RehearsalClock(NOW)
    calendar = open_calendar(
        calendar_of or google(),
        home=Path(),
        where=where,
        owner=ADDRESS,
        clock=clock,
        keep=lambda _: MemoryKeep(None),
        clients=clients,
    )
    with pytest.raises(Rejected) as raised:
        calendar.check()
    return str(raised.value)


def test_without_a_client_the_administrator_is_told_what_to_write() -> None:
    assert "attune.yaml has no section “google”" in refusal({})


def test_without_its_libraries_the_administrator_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "connectors.google.calendar", raising=False)
    monkeypatch.setitem(sys.modules, "connectors.google.http", None)
    assert "attune-agent[google]" in refusal({"google": GoogleClientSettings(client_id="one")})


def test_with_both_it_is_the_grant_that_is_missing() -> None:
    assert "agreed" in refusal({"google": GoogleClientSettings(client_id="one")})


def microsoft(**more: Any) -> MicrosoftCalendarSettings:
    return MicrosoftCalendarSettings.model_validate({"kind": "microsoft", **more})


def test_how_a_calendar_at_microsoft_is_used_leaves_it_the_one_it_is() -> None:
    assert place_of(microsoft()) == place_of(microsoft(book=True, teams=True, visibility="default"))
    assert place_of(microsoft()) != place_of(google())
    assert server_of(microsoft()) == "graph.microsoft.com"


def test_microsoft_needs_a_client_and_a_grant_as_well() -> None:
    for clients, said in (
        ({}, "no section “microsoft”"),
        ({"microsoft": MicrosoftClientSettings(client_id="one")}, ""),
    ):
        assert said in refusal(clients, microsoft())


def test_whoever_is_registered_at_can_be_asked_for_consent() -> None:
    clients: dict[str, BaseModel] = {
        "google": GoogleClientSettings(client_id="one"),
        "microsoft": MicrosoftClientSettings(client_id="one"),
    }
    assert open_consents(clients, home=Path(), clock=RehearsalClock(NOW)).keys() == clients.keys()
    assert client_models().keys() == clients.keys()
    assert all(scopes_at(each).needed for each in clients)
