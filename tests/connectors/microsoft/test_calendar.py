"""What is particular to Microsoft 365: states, whole days, Teams, privacy, lists that are behind, lost delta links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.observation import Busy
from agent.core.timespan import DAY, Span, floor_minute
from connectors.errors import Conflict
from tests.connectors.microsoft.owner import MicrosoftOwner, times
from tests.connectors.microsoft.scripted import event as given
from tests.connectors.microsoft.scripted import page, scripted_calendar
from tests.contract.owners import MONDAY, TEN, UID, WINDOW, Entry, at, invitation, known
from tests.servers.microsoft.stage import event
from tests.servers.scripted import ScriptedServer

pytestmark = pytest.mark.xdist_group("microsoft")


@pytest.mark.parametrize(
    ("state", "busy"),
    [
        ("free", ()),
        ("workingElsewhere", ()),
        ("tentative", (Busy(at(TEN)),)),
        ("busy", (Busy(at(TEN)),)),
        ("oof", (Busy(at(TEN)),)),
    ],
)
def test_each_state_takes_time_or_does_not(owner: MicrosoftOwner, state: str, busy: tuple[Busy, ...]) -> None:
    owner.act("POST", "/me/events", event(*times(at(TEN)), showAs=state))
    assert owner.reader().read(WINDOW, frozenset()).busy == busy


def test_an_unanswered_invitation_is_soft_and_an_accepted_one_hard(owner: MicrosoftOwner) -> None:
    owner.invited(at(TEN))
    assert owner.reader().read(WINDOW, frozenset()).busy == (Busy(at(TEN), hard=False),)
    owner.invited(at(TEN + DAY), "accept")
    owner.invited(at(TEN + 2 * DAY), "tentativelyAccept")
    assert owner.reader().read(WINDOW, frozenset()).busy == (
        Busy(at(TEN), hard=False),
        Busy(at(TEN + DAY)),
        Busy(at(TEN + 2 * DAY)),
    )


@pytest.mark.parametrize("written_in", ["UTC", "India Standard Time", "Line Islands Standard Time"])
@pytest.mark.parametrize(("zone", "offset"), [("Pacific/Kiritimati", -14 * 60), ("Pacific/Pago_Pago", 11 * 60)])
def test_a_whole_day_is_lived_where_its_owner_is(
    owner: MicrosoftOwner, written_in: str, zone: str, offset: int
) -> None:
    day = {"dateTime": "2027-03-03T00:00:00", "timeZone": written_in}
    following = {"dateTime": "2027-03-04T00:00:00", "timeZone": written_in}
    owner.act("POST", "/me/events", event() | {"isAllDay": True, "showAs": "oof", "start": day, "end": following})
    start = MONDAY + 2 * DAY + offset
    assert owner.reader(zone=zone).read(WINDOW, frozenset()).busy == (Busy(Span(start, start + DAY)),)


def test_a_time_in_a_zone_that_nobody_knows_may_be_anywhere_on_earth(server: ScriptedServer) -> None:
    there = {"dateTime": "2027-03-03T12:00:00.0000000", "timeZone": "Customized Time Zone"}
    server.say(page(given(start=there, end=there, singleValueExtendedProperties=[])))
    calendar = scripted_calendar(server)
    noon = floor_minute(datetime(2027, 3, 3, 12, tzinfo=UTC))
    assert calendar.read(WINDOW, frozenset()).busy == (Busy(Span(noon - 14 * 60, noon + 12 * 60)),)
    calendar.close()


def test_a_full_calendar_comes_in_pages(owner: MicrosoftOwner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.microsoft.calendar.PAGE", "2")
    for number in range(5):
        owner.add(Entry(f"{number}", at(TEN + number * DAY)))
    assert len(owner.reader().read(WINDOW, frozenset()).busy) == 5


def test_titles_guests_and_words_of_others_are_not_even_asked_for(server: ScriptedServer) -> None:
    server.say(page(), page())
    calendar = scripted_calendar(server)
    calendar.read(WINDOW, frozenset({UID}))
    calendar.close()
    for asked in server.asked:
        assert "%24select=" in asked.path
        for word in ("subject", "body", "attendees", "location", "organizer%2C"):
            assert word not in asked.path.partition("%24select=")[2].partition("&")[0]


def test_a_meeting_is_as_private_as_its_owner_wants(owner: MicrosoftOwner) -> None:
    owner.writer().create(invitation())
    assert owner.event(UID)["sensitivity"] == "private"
    owner.writer(visibility="default").create(invitation(uid="another@attune"))
    assert owner.event("another@attune")["sensitivity"] == "normal"


def test_no_guest_is_named_so_that_nobody_else_is_told(owner: MicrosoftOwner) -> None:
    owner.writer().create(invitation())
    assert owner.event(UID)["attendees"] == []
    assert owner.stage.server.mails() == []


def test_a_teams_link_outlives_lost_answers_and_moves(owner: MicrosoftOwner) -> None:
    writer = owner.writer(teams=True)
    owner.stage.server.fail_next("event.create", "after-commit")
    with pytest.raises(Exception, match="lost"):
        writer.create(invitation())
    link = owner.event(UID)["onlineMeeting"]["joinUrl"]
    stored = writer.create(invitation())
    assert owner.event(UID)["onlineMeeting"]["joinUrl"] == link
    later = invitation(sequence=1, start=TEN + DAY)
    changed = known(stored, invitation())
    writer.update(later, changed)
    standing = owner.event(UID)
    assert standing["onlineMeeting"]["joinUrl"] == link
    assert link in standing["body"]["content"]


def test_new_words_take_the_place_of_ours_and_of_nothing_else(owner: MicrosoftOwner) -> None:
    writer = owner.writer(teams=True)
    writer.create(invitation())
    content = owner.event(UID)["body"]["content"]
    assert "50 % \\ feito" in content
    owner.patch(UID, body={"contentType": "html", "content": content.replace("<body>", "<body><p>my own note</p>")})
    found = writer.find(UID)
    assert found is not None
    writer.update(replace(invitation(sequence=1), description="New <words>"), found)
    standing = owner.event(UID)
    assert "my own note" in standing["body"]["content"]
    assert "New &lt;words&gt;" in standing["body"]["content"]
    assert "feito" not in standing["body"]["content"]
    assert standing["onlineMeeting"]


def test_a_body_that_somebody_emptied_stays_empty(owner: MicrosoftOwner) -> None:
    writer = owner.writer()
    writer.create(invitation())
    owner.patch(UID, body={"contentType": "html", "content": "<p>all mine</p>"})
    found = writer.find(UID)
    assert found is not None
    writer.update(replace(invitation(sequence=1), description="New words"), found)
    assert "all mine" in owner.event(UID)["body"]["content"]
    assert "New words" not in owner.event(UID)["body"]["content"]


def test_the_same_meeting_twice_is_one_event(owner: MicrosoftOwner) -> None:
    first = owner.writer().create(invitation())
    assert owner.writer().create(invitation()) == first
    assert owner.titles(UID) == [invitation().summary]


def test_a_copy_made_by_hand_takes_time_and_is_not_the_meeting(owner: MicrosoftOwner) -> None:
    owner.writer().create(invitation())
    owner.add(Entry(UID, at(TEN + DAY)))
    reading = owner.reader().read(WINDOW, frozenset({UID}))
    assert [each.span for each in reading.own] == [invitation().span]
    assert reading.busy == (Busy(at(TEN + DAY)),)


def test_lists_that_are_behind_hide_nothing_that_was_written_here(owner: MicrosoftOwner) -> None:
    owner.stage.server.ask("PUT", "/lags", {"index": 60})
    writer = owner.writer()
    stored = writer.create(invitation())
    assert writer.find(UID) == known(stored, invitation())
    stranger = owner.writer()
    assert stranger.find(UID) is None
    assert stranger.create(invitation()) == stored, "nobody who looked in vain makes a second one"
    with pytest.raises(Conflict):
        owner.writer().create(invitation(sequence=1))
    assert owner.titles(UID) == [invitation().summary]


def test_a_lost_way_from_link_to_link_is_a_full_reading(owner: MicrosoftOwner) -> None:
    owner.add(Entry("one", at(TEN)))
    reader = owner.reader()
    before = reader.token()
    owner.stage.server.ask("POST", "/delta/expire", {})
    assert reader.token() == before
    owner.add(Entry("two", at(TEN + DAY)))
    owner.stage.server.ask("POST", "/delta/expire", {})
    assert reader.token() != before


def test_what_has_not_changed_costs_one_request(owner: MicrosoftOwner) -> None:
    reader = owner.reader()
    reader.token()
    before = owner.stage.server.calls()["methods"]
    reader.token()
    after = owner.stage.server.calls()["methods"]
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name)} == {
        "calendarView.delta": 1
    }


def test_a_meeting_costs_what_it_must(owner: MicrosoftOwner) -> None:
    writer = owner.writer()
    before = owner.stage.server.calls()["methods"]
    assert writer.find(UID) is None
    event_now = known(writer.create(invitation()), invitation())
    moved = invitation(sequence=1, start=TEN + DAY)
    event_now = known(writer.update(moved, event_now), moved)
    writer.remove(event_now)
    after = owner.stage.server.calls()["methods"]
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name)} == {
        "event.list": 1,
        "event.create": 1,
        "event.get": 1,
        "event.update": 1,
        "event.delete": 1,
    }


def test_doctor_hears_what_the_calendar_can_do(owner: MicrosoftOwner) -> None:
    assert owner.writer().check() == "a calendar, taking our meetings; changes are seen by delta queries"
    assert owner.reader(book=False).check() == "a calendar; changes are seen by delta queries"


def test_who_books_elsewhere_now_still_finds_what_was_booked_here(owner: MicrosoftOwner) -> None:
    stored = owner.writer().create(invitation())
    reading = owner.reader(book=False).read(WINDOW, frozenset({UID}))
    assert reading.own == (known(stored, invitation()),)
    assert not reading.busy
