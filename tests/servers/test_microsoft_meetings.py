"""Meetings of several people: invitations, answers on their way back, moves and cancellations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.microsoft.stage import Person, Stage, code_of, event

pytestmark = pytest.mark.xdist_group("microsoft")

LATER = event(start="2027-03-02T09:00:00", end="2027-03-02T10:00:00")


def copy_of(person: Person) -> dict[str, Any]:
    """Give the only event in somebody's calendar."""
    [found] = person.get("/me/events")["value"]
    return dict(found)


def answer(person: Person, how: str, **body: Any) -> None:
    done = person.ask("POST", f"/me/events/{copy_of(person)['id']}/{how}", json=body)
    assert done.status_code == 202, done.text


def status(person: Person, of: str) -> dict[str, Any]:
    """Give what the organiser sees of an attendee."""
    return next(dict(it) for it in copy_of(person)["attendees"] if it["emailAddress"]["address"] == of)


def test_an_invitation_stands_unanswered_in_the_other_calendar(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = mentor.book(attendees=[mentee.address, "somebody@elsewhere.example"])
    held = copy_of(mentee)
    assert held["iCalUId"] == made["iCalUId"]
    assert held["id"] != made["id"]
    assert (held["isOrganizer"], held["responseStatus"]["response"], held["showAs"]) == (
        False,
        "notResponded",
        "tentative",
    )
    [mail] = stage.server.mails()
    assert (mail["kind"], mail["to"]) == ("invitation", [mentee.address, "somebody@elsewhere.example"])


@pytest.mark.parametrize(
    ("how", "response", "show_as"),
    [("accept", "accepted", "busy"), ("tentativelyAccept", "tentativelyAccepted", "tentative")],
)
def test_an_answer_flows_back_after_the_lag(stage: Stage, how: str, response: str, show_as: str) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentee.address])
    stage.server.ask("PUT", "/lags", {"delivery": 120})
    answer(mentee, how, comment="See you", sendResponse=True)
    assert (copy_of(mentee)["responseStatus"]["response"], copy_of(mentee)["showAs"]) == (response, show_as)
    before = copy_of(mentor)
    assert status(mentor, mentee.address)["status"]["response"] == "none"
    stage.server.advance(121)
    assert status(mentor, mentee.address)["status"]["response"] == response
    assert copy_of(mentor)["@odata.etag"] != before["@odata.etag"]


def test_an_invitation_arrives_after_the_lag(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    stage.server.ask("PUT", "/lags", {"delivery": 120})
    mentor.book(attendees=[mentee.address])
    assert mentee.get("/me/events")["value"] == []
    stage.server.advance(121)
    assert copy_of(mentee)["subject"] == "Mentoring"


def test_a_declined_meeting_leaves_the_calendar_and_may_propose_another_time(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentee.address])
    answer(mentee, "decline", proposedNewTime={"start": LATER["start"], "end": LATER["end"]})
    assert mentee.get("/me/events")["value"] == []
    seen = status(mentor, mentee.address)
    assert seen["status"]["response"] == "declined"
    assert seen["proposedNewTime"]["start"]["dateTime"] == "2027-03-02T09:00:00.0000000"


def test_an_answer_without_a_response_stays_with_who_gave_it(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentee.address])
    answer(mentee, "accept", sendResponse=False)
    assert status(mentor, mentee.address)["status"]["response"] == "none"


def test_a_move_asks_everybody_again(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = mentor.book(attendees=[mentee.address])
    answer(mentee, "accept")
    mentor.ask("PATCH", f"/me/events/{made['id']}", json={"start": LATER["start"], "end": LATER["end"]})
    assert status(mentor, mentee.address)["status"]["response"] == "none"
    held = copy_of(mentee)
    assert held["start"]["dateTime"].startswith("2027-03-02T09")
    assert (held["responseStatus"]["response"], held["showAs"]) == ("notResponded", "tentative")
    assert [mail["kind"] for mail in stage.server.mails()] == ["invitation", "response", "update"]


def test_a_change_of_words_keeps_the_answers(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = mentor.book(attendees=[mentee.address])
    answer(mentee, "accept")
    mentor.ask("PATCH", f"/me/events/{made['id']}", json={"subject": "Mentoring 2"})
    assert (copy_of(mentee)["subject"], copy_of(mentee)["responseStatus"]["response"]) == ("Mentoring 2", "accepted")
    assert status(mentor, mentee.address)["status"]["response"] == "accepted"


def test_who_is_taken_off_the_list_is_told(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = mentor.book(attendees=[mentee.address])
    mentor.ask("PATCH", f"/me/events/{made['id']}", json={"attendees": []})
    assert copy_of(mentee)["isCancelled"]


@pytest.mark.parametrize("how", ["delete", "cancel"])
def test_when_the_organiser_calls_it_off_the_copies_are_cancelled(stage: Stage, how: str) -> None:
    mentor, mentee = stage.person(), stage.person()
    path = f"/me/events/{mentor.book(attendees=[mentee.address])['id']}"
    done = mentor.ask("DELETE", path) if how == "delete" else mentor.ask("POST", f"{path}/cancel", json={"comment": ""})
    assert done.status_code in {202, 204}
    assert mentor.get("/me/events")["value"] == []
    held = copy_of(mentee)
    assert (held["isCancelled"], held["showAs"], held["subject"]) == (True, "free", "Canceled: Mentoring")


def test_an_attendee_who_deletes_a_copy_tells_nobody(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentee.address])
    assert mentee.ask("DELETE", f"/me/events/{copy_of(mentee)['id']}").status_code == 204
    assert status(mentor, mentee.address)["status"]["response"] == "none"


def test_only_the_organiser_moves_or_cancels_and_only_attendees_answer(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = mentor.book(attendees=[mentee.address])
    path = f"/me/events/{copy_of(mentee)['id']}"
    assert mentee.ask("PATCH", path, json={"start": LATER["start"]}).status_code == 403
    assert mentee.ask("PATCH", path, json={"showAs": "free"}).status_code == 200
    assert code_of(mentee.ask("POST", f"{path}/cancel", json={})) == "ErrorInvalidRequest"
    assert code_of(mentor.ask("POST", f"/me/events/{made['id']}/accept", json={})) == "ErrorInvalidRequest"


def test_a_proposal_needs_a_response_that_is_sent(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentee.address])
    body = {"sendResponse": False, "proposedNewTime": {"start": LATER["start"], "end": LATER["end"]}}
    refused = mentee.ask("POST", f"/me/events/{copy_of(mentee)['id']}/decline", json=body)
    assert code_of(refused) == "ErrorInvalidArgument"


def test_an_organiser_among_the_attendees_is_not_invited(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    mentor.book(attendees=[mentor.address, mentee.address])
    assert copy_of(mentor)["responseStatus"]["response"] == "organizer"
    assert [mail["to"] for mail in stage.server.mails()] == [[mentee.address]]


def test_people_act_in_outlook_too(stage: Stage) -> None:
    mentor, mentee = stage.person(), stage.person()
    made = stage.server.act(mentor.address, "POST", "/me/events", event(attendees=[mentee.address]))
    stage.server.act(mentee.address, "POST", f"/me/events/{copy_of(mentee)['id']}/accept", {})
    assert mentor.get(f"/me/events/{made['id']}")["attendees"][0]["status"]["response"] == "accepted"
    assert stage.server.calls()["methods"].get("event.create") is None
