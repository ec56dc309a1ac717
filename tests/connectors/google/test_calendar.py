"""What is Google's own: scopes, the calendar of ours, Meet links, tokens that are renewed by many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from agent.clock import SystemClock
from agent.core.observation import Busy, OwnEvent
from agent.core.timespan import DAY, Span
from connectors.base import Capability
from connectors.errors import ConsentRevoked, OutcomeUnknown, Temporary
from connectors.google.calendar import GoogleCalendar
from connectors.google.tokens import Tokens, unpacked
from connectors.google.wire import event_id
from connectors.oauth import Secret
from tests.connectors.google.owner import NOW, READ, GoogleOwner, client_of, keep_for, opened
from tests.contract.owners import ADDRESS, MONDAY, TEN, UID, WINDOW, ZONE, Entry, at, invitation, known
from tests.servers.google.running import GoogleServer, google


def put(server: GoogleServer, start: int, answer: str = "", **more: object) -> None:
    """Let the owner have an appointment, that somebody invited them to where there is an answer."""
    span = at(start)
    body = {
        "summary": "Something private",
        "start": {"dateTime": span.starts_at.isoformat()},
        "end": {"dateTime": span.ends_at.isoformat()},
        **more,
    }
    if answer:
        body["attendees"] = [{"email": ADDRESS, "responseStatus": answer}]
    server.by_hand(ADDRESS, "calendar.events.insert", body, calendarId=ADDRESS)


def changed(owner: GoogleOwner, **more: object) -> None:
    """Change what is kept of the owner's grant."""
    owner.keep.secret = Secret(replace(owner.keep.tokens, **more).packed(), 7)  # type: ignore[arg-type]


class TestWithEvents:
    @pytest.fixture
    def more(self) -> tuple[str, ...]:
        return (READ,)

    def test_an_unanswered_invitation_costs_and_an_answered_one_blocks(
        self, server: GoogleServer, owner: GoogleOwner
    ) -> None:
        put(server, TEN, "needsAction")
        put(server, TEN + DAY, "tentative")
        put(server, TEN + 2 * DAY, "accepted")
        put(server, TEN + 3 * DAY, "declined")
        assert sorted(owner.reader().read(WINDOW, frozenset()).busy) == [
            Busy(at(TEN), hard=False),
            Busy(at(TEN + DAY)),
            Busy(at(TEN + 2 * DAY)),
        ]

    def test_out_of_office_and_focus_time_block_and_a_working_location_does_not(
        self, server: GoogleServer, owner: GoogleOwner
    ) -> None:
        put(server, TEN, eventType="outOfOffice", outOfOfficeProperties={})
        put(server, TEN + DAY, eventType="focusTime", focusTimeProperties={})
        location = {"type": "homeOffice", "homeOffice": {}}
        free = {"transparency": "transparent", "visibility": "public"}
        put(server, TEN + 2 * DAY, eventType="workingLocation", workingLocationProperties=location, **free)
        assert {busy.span for busy in owner.reader().read(WINDOW, frozenset()).busy} == {at(TEN), at(TEN + DAY)}

    def test_a_whole_day_marked_busy_is_the_owners_own(self, server: GoogleServer, owner: GoogleOwner) -> None:
        days = {"start": {"date": "2027-03-30"}, "end": {"date": "2027-03-31"}}
        server.by_hand(ADDRESS, "calendar.events.insert", days, calendarId=ADDRESS)
        day = Span(MONDAY + 29 * DAY - 60, MONDAY + 30 * DAY - 60)  # in Lisbon it is summer by then
        assert [busy.span for busy in owner.reader().read(day, frozenset()).busy] == [day]

    def test_the_token_is_there_as_soon_as_events_may_be_read(self, owner: GoogleOwner) -> None:
        reader = owner.reader()
        assert reader.token() is not None
        assert Capability.TOKEN in reader.capabilities


def test_free_busy_alone_does_not_tell_an_unanswered_invitation(server: GoogleServer, owner: GoogleOwner) -> None:
    put(server, TEN, "needsAction")
    reader = owner.reader()
    assert reader.read(WINDOW, frozenset()).busy == (Busy(at(TEN)),)
    assert reader.token() is None


def test_a_window_longer_than_google_takes_is_asked_for_in_parts(server: GoogleServer, owner: GoogleOwner) -> None:
    put(server, TEN + 100 * DAY)
    busy = owner.reader().read(Span(MONDAY, MONDAY + 130 * DAY), frozenset()).busy
    assert [each.span for each in busy] == [at(TEN + 100 * DAY)]
    assert server.calls()["methods"]["calendar.freebusy.query"] == 3


def test_meetings_are_private_without_guests_and_in_a_calendar_of_their_own(
    server: GoogleServer, owner: GoogleOwner
) -> None:
    owner.writer().create(invitation())
    (event,) = server.events()
    assert event["calendar"] == owner.keep.tokens.calendar != ADDRESS
    assert event["visibility"] == "private"
    assert not event.get("attendees")
    assert not server.notices()


def test_who_wants_meetings_seen_as_the_calendar_is_has_them_so(server: GoogleServer, owner: GoogleOwner) -> None:
    owner.writer(visibility="default").create(invitation())
    (event,) = server.events()
    assert event["visibility"] == "default"


def test_a_meet_link_outlives_moves_and_comes_back_with_the_meeting(server: GoogleServer, owner: GoogleOwner) -> None:
    writer = owner.writer(meet=True)
    event = known(writer.create(invitation()), invitation())
    (first,) = owner.events(UID)
    later = invitation(1, TEN + DAY)
    moved = known(writer.update(later, event), later)
    (second,) = owner.events(UID)
    writer.remove(moved)
    writer.create(invitation(2))
    (third,) = owner.events(UID)
    assert first["hangoutLink"]
    assert {each["hangoutLink"] for each in (first, second, third)} == {first["hangoutLink"]}


def test_of_many_at_once_one_makes_the_calendar(server: GoogleServer, owner: GoogleOwner) -> None:
    def book(number: int) -> None:
        owner.writer().create(invitation(uid=f"{number:016x}@attune"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(book, range(8)))
    assert {each["calendar"] for each in server.events()} == {owner.keep.tokens.calendar}
    assert len(server.events()) == 8


def test_a_calendar_that_its_owner_deleted_is_made_anew_for_the_next_meeting(
    server: GoogleServer, owner: GoogleOwner
) -> None:
    writer = owner.writer()
    writer.create(invitation())
    server.by_hand(ADDRESS, "calendar.calendars.delete", calendarId=owner.keep.tokens.calendar)
    assert writer.read(WINDOW, frozenset({UID})).own == ()
    assert writer.find(UID) is None
    writer.create(invitation())
    assert writer.find(UID) is not None


def test_a_calendar_whose_making_was_not_answered_is_no_loss_of_a_meeting(
    server: GoogleServer, owner: GoogleOwner
) -> None:
    server.fail_next("calendar.calendars.insert", "after-commit")
    writer = owner.writer()
    with pytest.raises(OutcomeUnknown):
        writer.create(invitation())
    assert writer.find(UID) is None
    writer.create(invitation())
    assert len(owner.events(UID)) == 1


def test_who_withheld_the_calendar_of_ours_is_still_read(server: GoogleServer, owner: GoogleOwner) -> None:
    put(server, TEN)
    changed(owner, scopes=owner.keep.tokens.scopes - {"https://www.googleapis.com/auth/calendar.app.created"})
    writer = owner.writer()
    assert writer.read(WINDOW, frozenset({UID})).busy == (Busy(at(TEN)),)
    for call in (writer.check, lambda: writer.create(invitation())):
        with pytest.raises(ConsentRevoked):
            call()


def test_what_was_taken_back_is_said_to_be_broken(server: GoogleServer, owner: GoogleOwner) -> None:
    reader = owner.reader()
    server.revoke(ADDRESS)
    with pytest.raises(ConsentRevoked):
        reader.read(WINDOW, frozenset())
    assert owner.keep.ended


def test_a_new_grant_counts_at_once(server: GoogleServer, owner: GoogleOwner) -> None:
    reader = owner.reader()
    server.revoke(ADDRESS)
    with pytest.raises(ConsentRevoked):
        reader.read(WINDOW, frozenset())
    owner.keep.secret = GoogleOwner(server).keep.secret
    assert reader.read(WINDOW, frozenset()).busy == ()


@pytest.mark.parametrize("rotates", [False, True])
def test_of_many_with_an_old_token_all_go_on_and_the_newest_is_kept(
    server: GoogleServer, owner: GoogleOwner, rotates: bool
) -> None:
    server.set(rotate_refresh_tokens=rotates)
    changed(owner, access="", expires=None)
    before = owner.keep.tokens.refresh
    readers = [opened(server, owner.keep, clock=SystemClock()) for _ in range(4)]

    def read(reader: GoogleCalendar) -> int:
        return len(reader.read(WINDOW, frozenset()).busy)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, readers)) == [0] * 4
    assert not owner.keep.ended
    assert (owner.keep.tokens.refresh != before) is rotates
    changed(owner, access="", expires=None)
    assert read(readers[0]) == 0
    for each in readers:
        each.close()


def test_an_access_token_that_ran_out_is_renewed_before_it_is_refused(server: GoogleServer, owner: GoogleOwner) -> None:
    changed(owner, expires=SystemClock().now() - timedelta(hours=1))
    owner.reader().read(WINDOW, frozenset())
    assert not server.calls()["refused"]


def test_a_booked_meeting_costs_one_call_and_a_look_at_its_owners_time_two(
    server: GoogleServer, owner: GoogleOwner
) -> None:
    writer = owner.writer()
    writer.create(invitation(uid="first@attune"))
    before = sum(server.calls()["methods"].values())
    seen = []
    event = known(writer.create(invitation()), invitation())
    seen.append(sum(server.calls()["methods"].values()) - before)
    writer.read(WINDOW, frozenset({UID, "first@attune"}))
    seen.append(sum(server.calls()["methods"].values()) - before)
    later = invitation(1, TEN + DAY)
    event = known(writer.update(later, event), later)
    seen.append(sum(server.calls()["methods"].values()) - before)
    writer.remove(event)
    seen.append(sum(server.calls()["methods"].values()) - before)
    assert seen == [1, 3, 4, 5]


def test_nothing_of_an_event_but_when_it_is_comes_out_or_is_even_asked_for(
    server: GoogleServer, owner: GoogleOwner
) -> None:
    owner.add(Entry("Surgery of Zoë", at(TEN)))
    assert "Surgery" not in repr(owner.reader().read(WINDOW, frozenset()))


def test_a_whole_day_that_its_owner_made_of_a_meeting_is_seen_and_written_over(owner: GoogleOwner) -> None:
    writer = owner.writer()
    writer.create(invitation())
    days = {"start": "2027-03-02", "end": "2027-03-03"}
    owner._patch(UID, {name: {"date": day, "dateTime": None} for name, day in days.items()})
    found = writer.find(UID)
    assert isinstance(found, OwnEvent)
    assert found.span == Span(MONDAY + DAY, MONDAY + 2 * DAY)
    writer.update(invitation(1), found)
    assert (again := writer.find(UID)) is not None
    assert again.span == invitation().span


def test_ids_are_those_that_google_takes() -> None:
    assert event_id(UID) == event_id(UID) != event_id("another@attune")
    assert set(event_id(UID)) <= set("0123456789abcdefghijklmnopqrstuv")


def test_a_secret_outlives_packing() -> None:
    tokens = Tokens("refresh", frozenset({"openid"}), "access", NOW, "ours", ADDRESS)
    assert unpacked(tokens.packed()) == tokens


def test_a_trust_store_of_ones_own_is_the_one_that_counts(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")
    sealed = ("--certificate", str(tmp_path / "certificate.pem"), "--key", str(tmp_path / "key.pem"))
    with google(tmp_path, *sealed) as server:
        server.begin(NOW, [{"email": ADDRESS, "zone": ZONE}])
        keep, client = keep_for(server), client_of(server)
        trusting = opened(server, keep, client=client.model_copy(update={"trust": str(tmp_path / "authority.pem")}))
        trusting.create(invitation())
        assert trusting.find(UID) is not None
        trusting.close()
        wary = opened(server, keep, client=client)
        with pytest.raises(Temporary):
            wary.read(WINDOW, frozenset())
        with pytest.raises(Temporary):
            wary.create(invitation(1))
        wary.close()
