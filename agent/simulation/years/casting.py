"""Draws who takes part: people from all over the world with rules of their own, pairs, circles, and crowded mentors."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from agent.simulation.years.chance import generator

ZONES = {
    "Europe": ("Europe/Lisbon", "Europe/Berlin", "Europe/Dublin", "Europe/Athens", "Africa/Casablanca", "Africa/Lagos"),
    "Middle": ("Asia/Jerusalem", "Africa/Cairo", "Asia/Beirut", "Asia/Tehran", "Africa/Nairobi", "Asia/Dubai"),
    "Asia": ("Asia/Kolkata", "Asia/Kathmandu", "Asia/Singapore", "Asia/Tokyo", "Asia/Dhaka", "Asia/Manila"),
    "Pacific": ("Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Australia/Adelaide"),
    "West": ("America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Santiago"),
}
"""By how far apart they are: most pairs are within one group, the others take what they get."""

NEAR = 0.7
"""Share of mentees who live in their mentor's part of the world."""

REGIONS = {
    "Europe/Lisbon": "PT",
    "Europe/Berlin": "DE-BE",
    "Europe/Dublin": "IE",
    "Asia/Kolkata": "IN",
    "Asia/Tokyo": "JP",
    "Pacific/Auckland": "NZ",
    "America/New_York": "US-NY",
    "America/Sao_Paulo": "BR",
}

BOUNDARIES: tuple[dict[str, Any], ...] = (
    {"from": "12:00", "to": "13:00"},
    {"days": "mon-fri", "from": "15:00", "to": "16:30"},
    {"days": "fri", "from": "12:00", "to": "14:00"},
    {"days": "mon,wed", "from": "09:00", "to": "11:00", "strength": "soft"},
    {"days": "fri", "from": "16:00", "to": "24:00"},
    {"from": "18:30", "to": "24:00", "strength": "soft", "points": 2},
    {"from": "22:00", "to": "07:00"},
    {"days": "tue", "from": "08:00", "to": "12:00"},
)
ELSEWHERE = ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "America/Sao_Paulo")


def cast(seed: int, pairs: int, first: date, weeks: int) -> dict[str, Any]:
    """Draw so many pairs and circles; what each is does not depend on how many there are.

    One in twelve is a circle; one in five shares its mentor with the one before.
    """
    people: list[dict[str, Any]] = []
    found: dict[str, list[Any]] = {"pairs": [], "circles": []}
    mentor: dict[str, Any] | None = None
    for number in range(1, pairs + 1):
        draw = generator(seed, "relationship", number)
        if mentor is None or draw.random() >= 0.2:
            mentor = _person(draw, f"mentor-{number}", _zone(draw), first, weeks)
            people.append(mentor)
        circle = draw.random() < 1 / 12
        count = draw.choice((2, 3)) if circle else 1
        names = [f"mentee-{number}" if count == 1 else f"mentee-{number}-{n}" for n in range(1, count + 1)]
        for name in names:
            zone = _zone(draw, mentor["time_zone"] if draw.random() < NEAR or circle else None)
            people.append(_person(draw, name, zone, first, weeks))
        bond: dict[str, Any] = {"id": f"{'circle' if circle else 'pair'}-{number}", "mentor": mentor["id"]}
        bond["starts"] = str(first + timedelta(days=draw.randrange(14)))
        if draw.random() < 0.25:
            bond["cadence"] = {"every": draw.choice(("1 week", "3 weeks", "4 weeks")), "window": "3 days"}
        bond |= {"mentees": names} if circle else {"mentee": names[0]}
        found["circles" if circle else "pairs"].append(bond)
    return {"people": people, **found}


def _zone(draw: Random, near: str | None = None) -> str:
    part = next((zones for zones in ZONES.values() if near in zones), None)
    return draw.choice(part or draw.choice(list(ZONES.values())))


def _person(draw: Random, name: str, zone: str, first: date, weeks: int) -> dict[str, Any]:
    begins = draw.choice((7, 8, 8, 9))
    week = "sun-thu" if zone in {"Asia/Jerusalem", "Africa/Cairo"} and draw.random() < 0.7 else "mon-fri"
    role, _, number = name.partition("-")
    person: dict[str, Any] = {
        "id": name,
        "name": f"Example {role.capitalize()} {number}",
        "email": f"{name}@people.example",
        "time_zone": zone,
        "calendars": [{"kind": "caldav", "url": f"https://calendar.example/{name}/", "book": True}],
        "availability": [{"days": week, "from": f"{begins:02}:00", "to": f"{draw.choice((17, 18, 20, 21)):02}:00"}],
    }
    if chosen := [each for each in BOUNDARIES if draw.random() < 0.2]:
        person["boundaries"] = chosen
    if zone in REGIONS and draw.random() < 0.5:
        person["region"] = REGIONS[zone]
    if draw.random() < 0.08:
        person["cannot_rotate"] = True
    if draw.random() < 0.2:
        person["messages"] = {"hours": draw.choice(("07:00-21:00", "10:00-16:00")), "days": week}
    if draw.random() < 0.15:
        person["language"] = "pt"
    if draw.random() < 0.25 and weeks > 2:
        away = first + timedelta(days=draw.randrange(7, weeks * 7))
        back = away + timedelta(days=draw.randrange(1, 9))
        person["travel"] = [{"dates": f"{away}..{back}", "time_zone": draw.choice(ELSEWHERE)}]
    return person
