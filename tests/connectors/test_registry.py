"""What tells one calendar from another is the same for the same one, and gives nothing away."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from connectors.caldav.settings import CalDavSettings
from connectors.registry import place_of

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
