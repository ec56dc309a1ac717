"""Nothing that fits the schema makes the double stumble: it answers, or refuses as Graph does."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.servers.microsoft.graph.event_body import SETTABLE
from tests.servers.microsoft.graph.schema import PLACE
from tests.servers.microsoft.madeup import MadeUp
from tests.servers.microsoft.stage import Person, Stage, event

pytestmark = pytest.mark.xdist_group("microsoft")

STATUSES = {200, 201, 202, 400, 409, 501}
ANSWERS = ("accept", "decline", "tentativelyAccept")


def answer(person: Person, made_up: MadeUp) -> httpx.Response | None:
    """Answer whatever stands in somebody's calendar with something or other."""
    held = person.get("/me/events?$top=1")["value"]
    how = made_up.choose(*ANSWERS)
    body = made_up.parameters(f"event.{how}")
    return person.ask("POST", f"/me/events/{held[0]['id']}/{how}", json=body) if held else None


@pytest.mark.parametrize("seed", range(3))
def test_made_up_bodies_are_answered_or_refused(stage: Stage, seed: int) -> None:
    mentor, mentee = stage.person(), stage.person()
    made_up = MadeUp(json.loads(PLACE.read_text("utf-8")), seed)
    known = mentor.book(attendees=[mentee.address])["id"]
    answers = []
    for _ in range(20):
        body = event(attendees=[mentee.address]) | made_up.of("event", SETTABLE)
        answers += [
            mentor.ask("POST", "/me/events", json=body),
            mentor.ask("PATCH", f"/me/events/{known}", json=made_up.of("event", SETTABLE)),
            mentor.ask("POST", "/me/calendar/getSchedule", json=made_up.parameters("calendar.getSchedule")),
            mentor.ask("POST", "/me/sendMail", json=made_up.parameters("user.sendMail")),
            answer(mentee, made_up),
        ]
    window = "startDateTime=2027-01-01T00:00:00Z&endDateTime=2028-01-01T00:00:00Z"
    answers += [person.ask("GET", f"/me/calendarView?{window}&$top=999") for person in (mentor, mentee)]
    statuses = [it.status_code for it in answers if it is not None]
    assert set(statuses) <= STATUSES
    assert statuses.count(400) < len(statuses) - 10, "nearly all were refused, so that nothing was tried"
