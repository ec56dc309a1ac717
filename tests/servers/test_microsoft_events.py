"""Events in Graph's double: kept, changed, found, listed, and told of as they change."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.servers.microsoft.stage import Person, Stage, code_of, event

pytestmark = pytest.mark.xdist_group("microsoft")

MARK = "String {8a1f0e5c-53b1-4d3c-9d0a-9d3c6a5e7b11} Name attune-key"
MARCH = "startDateTime=2027-03-01T00:00:00Z&endDateTime=2027-04-01T00:00:00Z"


def marked(value: str) -> dict[str, Any]:
    return {"singleValueExtendedProperties": [{"id": MARK, "value": value}]}


def subjects(found: dict[str, Any]) -> list[str]:
    return [it["subject"] for it in found["value"]]


def test_an_event_is_given_back_in_the_zone_that_is_preferred(stage: Stage) -> None:
    person = stage.person()
    made = person.book(zone="Europe/Lisbon", start="2027-07-01T09:00:00", end="2027-07-01T10:00:00")
    assert made["start"] == {"dateTime": "2027-07-01T08:00:00.0000000", "timeZone": "UTC"}
    assert made["originalStartTimeZone"] == "Europe/Lisbon"
    answer = person.ask("GET", f"/me/events/{made['id']}", headers={"Prefer": 'outlook.timezone="India Standard Time"'})
    assert answer.json()["start"] == {"dateTime": "2027-07-01T13:30:00.0000000", "timeZone": "India Standard Time"}
    assert answer.headers["Preference-Applied"] == 'outlook.timezone="India Standard Time"'


def test_a_time_that_the_clocks_leave_out_is_the_one_after_it(stage: Stage) -> None:
    made = stage.person().book(zone="Europe/Lisbon", start="2027-03-28T01:30:00", end="2027-03-28T02:30:00")
    assert made["start"]["dateTime"].startswith("2027-03-28T01:30:00")
    assert made["end"]["dateTime"].startswith("2027-03-28T01:30:00")


def test_an_update_changes_what_it_names_and_the_etag(stage: Stage) -> None:
    person = stage.person()
    made = person.book(showAs="free", **marked("1"))
    answer = person.ask("PATCH", f"/me/events/{made['id']}", json={"subject": "Moved"})
    changed = answer.json()
    assert (changed["subject"], changed["showAs"], changed["start"]) == ("Moved", "free", made["start"])
    assert changed["@odata.etag"] != made["@odata.etag"]
    assert changed["changeKey"] in changed["@odata.etag"]


def test_a_deleted_event_is_gone(stage: Stage) -> None:
    person = stage.person()
    path = f"/me/events/{person.book()['id']}"
    assert person.ask("DELETE", path).status_code == 204
    assert code_of(person.ask("GET", path)) == code_of(person.ask("DELETE", path)) == "ErrorItemNotFound"


def test_the_same_request_with_a_transaction_makes_one_event(stage: Stage) -> None:
    person = stage.person()
    first, second = (person.book(transactionId="t-1") for _ in range(2))
    assert first["id"] == second["id"]
    assert len(stage.server.events(person.address)) == 1
    another = person.ask("POST", "/me/events", json=event(transactionId="t-1", subject="Another"))
    assert (another.status_code, code_of(another)) == (409, "ErrorDuplicateTransactionId")
    change = person.ask("PATCH", f"/me/events/{first['id']}", json={"transactionId": "t-2"})
    assert code_of(change) == "ErrorInvalidPropertySet"


def test_a_transaction_is_forgotten_with_its_event(stage: Stage) -> None:
    person = stage.person()
    person.ask("DELETE", f"/me/events/{person.book(transactionId='t-1')['id']}")
    person.book(transactionId="t-1", subject="Another")


def test_an_event_is_found_by_its_mark(stage: Stage) -> None:
    person = stage.person()
    person.book(**marked("key-1"))
    made = person.book(**marked("key's 2"))
    lookup = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq 'key''s 2')"
    found = person.get(f"/me/events?$filter={quote(lookup)}&$select=id")["value"]
    assert [it["id"] for it in found] == [made["id"]]
    assert set(found[0]) == {"id", "@odata.etag"}


def test_a_mark_is_shown_only_where_it_is_asked_for(stage: Stage) -> None:
    person = stage.person()
    path = f"/me/events/{person.book(**marked('key-1'))['id']}"
    assert "singleValueExtendedProperties" not in person.get(path)
    other_case = MARK.replace("8a1f0e5c", "8A1F0E5C")
    expand = quote(f"singleValueExtendedProperties($filter=id eq '{other_case}')")
    assert person.get(f"{path}?$expand={expand}")["singleValueExtendedProperties"] == [
        {"id": other_case, "value": "key-1"}
    ]


def test_a_list_comes_in_pages_that_hang_together(stage: Stage) -> None:
    person = stage.person()
    for day in range(1, 6):
        person.book(start=f"2027-03-0{day}T09:00:00", end=f"2027-03-0{day}T10:00:00", subject=f"Day {day}")
    found = []
    address = "/me/events?$top=2&$orderby=start/dateTime desc&$count=true"
    while address:
        page = person.get(address)
        found += subjects(page)
        address = page.get("@odata.nextLink")
    assert found == [f"Day {day}" for day in (5, 4, 3, 2, 1)]
    assert page["@odata.count"] == 5


def test_a_filter_compares_times_and_words(stage: Stage) -> None:
    person = stage.person()
    for day in (1, 2, 3):
        person.book(start=f"2027-03-0{day}T09:00:00", end=f"2027-03-0{day}T10:00:00", subject=f"Day {day}")
    clause = quote("start/dateTime ge '2027-03-02T00:00:00' and not (subject eq 'Day 3')")
    assert subjects(person.get(f"/me/events?$filter={clause}")) == ["Day 2"]


def test_a_view_has_what_reaches_into_its_window(stage: Stage) -> None:
    person = stage.person()
    person.book(start="2027-02-28T23:00:00", end="2027-03-01T00:00:00", subject="Before")
    person.book(start="2027-02-28T23:00:00", end="2027-03-01T00:30:00", subject="Into")
    person.book(start="2027-04-01T00:00:00", end="2027-04-01T01:00:00", subject="After")
    assert subjects(person.get(f"/me/calendarView?{MARCH}")) == ["Into"]


def changed(person: Person, page: dict[str, Any]) -> tuple[list[tuple[str, bool]], dict[str, Any]]:
    """Follow a delta to its end: ids with whether they were removed, and the last page."""
    found = [(it["id"], "@removed" in it) for it in page["value"]]
    while link := page.get("@odata.nextLink"):
        page = person.get(link)
        found += [(it["id"], "@removed" in it) for it in page["value"]]
    return found, page


def test_delta_tells_what_was_made_changed_and_deleted_since(stage: Stage) -> None:
    person = stage.person()
    first, second, third = (person.book(subject=str(number)) for number in range(3))
    small = {"Prefer": "odata.maxpagesize=2"}
    found, last = changed(person, person.get(f"/me/calendarView/delta?{MARCH}", headers=small))
    assert {name for name, _ in found} == {first["id"], second["id"], third["id"]}
    assert changed(person, person.get(last["@odata.deltaLink"]))[0] == []
    person.ask("PATCH", f"/me/events/{first['id']}", json={"subject": "changed"})
    person.ask("DELETE", f"/me/events/{second['id']}")
    away = event(start="2027-05-01T09:00:00", end="2027-05-01T10:00:00")
    person.ask("PATCH", f"/me/events/{third['id']}", json={"start": away["start"], "end": away["end"]})
    fourth = person.book()
    assert set(changed(person, person.get(last["@odata.deltaLink"]))[0]) == {
        (first["id"], False),
        (second["id"], True),
        (third["id"], True),
        (fourth["id"], False),
    }


def test_a_delta_token_that_is_lost_asks_for_everything_again(stage: Stage) -> None:
    person = stage.person()
    link = person.get(f"/me/calendarView/delta?{MARCH}")["@odata.deltaLink"]
    stage.server.ask("POST", "/delta/expire")
    answer = person.ask("GET", link)
    assert (answer.status_code, code_of(answer)) == (410, "syncStateNotFound")


def test_a_delta_token_is_its_owners(stage: Stage) -> None:
    link = stage.person().get(f"/me/calendarView/delta?{MARCH}")["@odata.deltaLink"]
    assert stage.person().ask("GET", link).status_code == 410


def test_both_forms_of_an_id_name_the_same_event(stage: Stage) -> None:
    person = stage.person()
    made = person.book()
    immutable = {"Prefer": 'IdType="ImmutableId"'}
    [other] = person.get("/me/events", headers=immutable)["value"]
    assert other["id"] != made["id"]
    assert person.get(f"/me/events/{other['id']}")["iCalUId"] == made["iCalUId"]


def test_a_teams_link_stays_the_same(stage: Stage) -> None:
    person = stage.person()
    made = person.book(isOnlineMeeting=True, onlineMeetingProvider="teamsForBusiness")
    assert made["onlineMeeting"]["joinUrl"].startswith("https://teams.microsoft.com/")
    path = f"/me/events/{made['id']}"
    for body in ({"isOnlineMeeting": True}, {"isOnlineMeeting": False}, {"subject": "Moved"}):
        person.ask("PATCH", path, json=body)
        assert person.get(path)["onlineMeeting"] == made["onlineMeeting"]


def test_a_body_is_html_unless_text_is_preferred(stage: Stage) -> None:
    person = stage.person()
    made = person.book(body={"contentType": "text", "content": "Olá,\n1 < 2"})
    assert made["body"] == {"contentType": "html", "content": "<html><body>Olá,<br>1 &lt; 2</body></html>"}
    text = {"Prefer": 'outlook.body-content-type="text"'}
    answer = person.ask("GET", f"/me/events/{made['id']}", headers=text)
    assert answer.json()["body"] == {"contentType": "text", "content": "Olá,\n1 < 2"}
    assert answer.headers["Preference-Applied"] == 'outlook.body-content-type="text"'


def test_who_writes_over_the_body_of_an_online_meeting_ends_it(stage: Stage) -> None:
    person = stage.person()
    made = person.book(isOnlineMeeting=True, body={"contentType": "html", "content": "<p>Agenda</p>"})
    link, path = made["onlineMeeting"]["joinUrl"], f"/me/events/{made['id']}"
    assert link in made["body"]["content"]
    longer = {"contentType": "html", "content": made["body"]["content"].replace("Agenda", "Longer agenda")}
    kept = person.ask("PATCH", path, json={"body": longer}).json()
    assert kept["onlineMeeting"] == {"joinUrl": link}
    assert kept["body"]["content"].count(link) == 1
    lost = person.ask("PATCH", path, json={"body": {"contentType": "html", "content": "<p>Agenda</p>"}}).json()
    assert (lost["isOnlineMeeting"], lost["onlineMeeting"]) == (False, None)


def test_a_calendar_of_its_own_keeps_its_events_apart(stage: Stage) -> None:
    person = stage.person()
    own = person.post("/me/calendars", {"name": "Attune"})
    assert code_of(person.ask("POST", "/me/calendars", json={"name": "attune"})) == "ErrorFolderExists"
    made = person.post(f"/me/calendars/{own['id']}/events", event())
    assert [it["name"] for it in person.get("/me/calendars")["value"]] == ["Calendar", "Attune"]
    assert person.get("/me/events")["value"] == []
    assert [it["id"] for it in person.get(f"/me/calendars/{own['id']}/calendarView?{MARCH}")["value"]] == [made["id"]]
    main = person.get("/me/calendar")["id"]
    assert person.ask("GET", f"/me/calendars/{main}/events/{made['id']}").status_code == 404
    assert person.ask("DELETE", f"/me/calendars/{main}").status_code == 400
    assert person.ask("DELETE", f"/me/calendars/{own['id']}").status_code == 204
    assert person.ask("GET", f"/me/events/{made['id']}").status_code == 404


def test_the_basic_scope_keeps_content_back(stage: Stage) -> None:
    person = stage.person()
    made = person.book(body={"contentType": "text", "content": "private words"}, **marked("key-1"))
    assert made["bodyPreview"] == "private words"
    person.token = stage.grant(person, "Calendars.ReadBasic")["access_token"]
    shown = person.get(f"/me/events/{made['id']}")
    assert shown["subject"] == "Mentoring"
    assert not {"body", "bodyPreview"} & set(shown)


def test_lists_lag_behind_where_they_are_told_to(stage: Stage) -> None:
    person = stage.person()
    old = person.book(subject="Old")
    stage.server.ask("PUT", "/lags", {"index": 60})
    new = person.book(subject="New")
    person.ask("PATCH", f"/me/events/{old['id']}", json={"subject": "Changed"})
    assert subjects(person.get("/me/events")) == ["Old"]
    assert person.get(f"/me/events/{new['id']}")["subject"] == "New", "read by its id it is there at once"
    person.ask("DELETE", f"/me/events/{new['id']}")
    link = person.get(f"/me/calendarView/delta?{MARCH}")["@odata.deltaLink"]
    stage.server.advance(61)
    assert subjects(person.get("/me/events")) == ["Changed"]
    told = changed(person, person.get(link))[0]
    assert (old["id"], False) in told
    assert (new["id"], True) in told


def test_people_have_settings(stage: Stage) -> None:
    person = stage.person(time_zone="Europe/Lisbon", language="pt-PT")
    settings = person.get("/me/mailboxSettings")
    assert settings["timeZone"] == "Europe/Lisbon"
    assert settings["workingHours"]["startTime"] == "09:00:00.0000000"
    assert person.get("/me?$select=mail") == {
        "@odata.context": f"{stage.server.graph}/$metadata#users/$entity",
        "id": person.id,
        "mail": person.address,
    }
