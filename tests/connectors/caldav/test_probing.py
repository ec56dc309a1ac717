"""What servers leave out, or do in their own way, is found out and worked around."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from agent.core.observation import OwnEvent
from agent.core.whereabouts import Whereabouts
from connectors.base import Capability
from connectors.caldav.calendar import CalDavCalendar
from connectors.caldav.settings import CalDavSettings
from connectors.errors import Conflict, ConsentRevoked, Missing, Rejected, Unreadable
from tests.connectors.caldav.owner import calendar
from tests.connectors.caldav.replies import BODY, HREF, PATH, event, multistatus, refused, response
from tests.contract.owners import UID, WINDOW, invitation
from tests.servers.caldav import CalDavServer
from tests.servers.scripted import Reply, ScriptedServer


def test_a_version_left_out_of_the_answer_is_read_back(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(201), Reply(200, BODY, {"ETag": '"7"'}))
    stored = opened.create(invitation())
    assert (stored.href, stored.etag) == (HREF, '"7"')
    assert [asked.method for asked in server.asked] == ["PUT", "GET"]


def test_a_write_is_done_though_its_version_stays_unknown(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(201), Reply(404))
    stored = opened.create(invitation())
    assert stored.etag == ""
    server.say(Reply(200, BODY, {"ETag": '"7"'}))
    with pytest.raises(Conflict):  # services look it up then
        opened.update(invitation(sequence=1), OwnEvent(UID, invitation().span, href=stored.href))


def test_where_there_are_no_versions_nothing_is_changed(server: ScriptedServer, opened: CalDavCalendar) -> None:
    unversioned = OwnEvent(UID, invitation().span, href=HREF)
    server.say(Reply(200, BODY))
    with pytest.raises(Rejected):
        opened.update(invitation(sequence=1), unversioned)
    with pytest.raises(Rejected):
        opened.remove(unversioned)
    assert [asked.method for asked in server.asked] == ["GET"]


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"', "1"])
def test_a_version_is_the_same_however_it_is_spelt(server: ScriptedServer, opened: CalDavCalendar, etag: str) -> None:
    server.say(multistatus(event(HREF, etag)))
    (seen,) = opened.read(WINDOW, frozenset({UID})).own
    server.say(Reply(200, BODY, {"ETag": etag}), Reply(204, headers={"ETag": 'W/"2"'}))
    assert opened.update(invitation(sequence=1), seen).etag == '"2"'
    assert server.asked[-1].headers["If-Match"] == '"1"'


def test_a_server_that_files_events_under_its_own_name_is_followed(
    server: ScriptedServer, opened: CalDavCalendar
) -> None:
    server.say(Reply(201, headers={"ETag": '"1"', "Location": "/dav/someone-private/4711.ics"}))
    assert opened.create(invitation()).href == "/dav/someone-private/4711.ics"


def test_an_event_filed_elsewhere_is_found_by_its_uid(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(404), multistatus(event("/dav/someone-private/4711.ics")))
    found = opened.find(UID)
    assert found is not None
    assert found.href == "/dav/someone-private/4711.ics"
    assert UID.encode() in server.asked[-1].body


def test_a_server_that_cannot_search_by_uid_is_asked_for_all(server: ScriptedServer, opened: CalDavCalendar) -> None:
    refusal = b'<error xmlns="DAV:"><supported-filter xmlns="urn:ietf:params:xml:ns:caldav"/></error>'
    other = event("/dav/someone-private/other.ics").replace(UID, "another")
    server.say(Reply(404), Reply(403, refusal), multistatus(other, event("/dav/someone-private/4711.ics")))
    found = opened.find(UID)
    assert found is not None
    assert found.href == "/dav/someone-private/4711.ics"


def test_a_login_refused_when_searching_is_no_missing_event(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(404), Reply(401))
    with pytest.raises(ConsentRevoked):
        opened.find(UID)


def test_what_a_search_gives_too_much_is_not_taken_for_ours(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(Reply(410), multistatus(event("/dav/someone-private/other.ics").replace(UID, f"not-{UID}")))
    assert opened.find(UID) is None


def test_events_given_without_their_text_are_fetched(server: ScriptedServer, opened: CalDavCalendar) -> None:
    bare = response(HREF, "<getetag>1</getetag>")
    server.say(multistatus(response(PATH, ""), bare), Reply(200, BODY, {"ETag": '"1"'}))
    (seen,) = opened.read(WINDOW, frozenset({UID})).own
    assert (seen.href, seen.etag) == (HREF, '"1"')
    assert len(server.asked) == 2


def test_one_broken_event_does_not_lose_the_rest(server: ScriptedServer, opened: CalDavCalendar) -> None:
    broken = response("/dav/someone-private/x.ics", "<getetag>2</getetag><C:calendar-data>nonsense</C:calendar-data>")
    server.say(multistatus(broken, event(HREF)))
    reading = opened.read(WINDOW, frozenset({UID}))
    assert (len(reading.own), reading.dropped) == (1, 1)


@pytest.mark.parametrize(
    ("props", "token"),
    [
        ("<S:getctag>a</S:getctag><sync-token>b</sync-token>", "a"),
        ("<sync-token>b</sync-token>", "b"),
        ("<S:getctag/>", None),
        ("", None),
    ],
)
def test_a_token_is_taken_from_what_there_is(
    server: ScriptedServer, opened: CalDavCalendar, props: str, token: str | None
) -> None:
    server.say(multistatus(response(PATH, props)))
    assert opened.token() == token
    assert (Capability.TOKEN in opened.capabilities) == (token is not None)


def test_digest_is_used_where_a_server_asks_for_it(server: ScriptedServer, opened: CalDavCalendar) -> None:
    challenge = Reply(401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="abc", qop="auth", algorithm=MD5'})
    server.say(challenge, challenge, multistatus(response(PATH, "")), multistatus(response(PATH, "")))
    opened.token()
    opened.token()
    schemes = [asked.headers.get("Authorization", "none").split()[0] for asked in server.asked]
    assert schemes == ["Basic", "none", "Digest", "Digest"]


def test_a_password_is_read_again_after_it_was_refused(server: ScriptedServer, tmp_path: Path) -> None:
    settings = CalDavSettings(
        kind="caldav", url=f"http://127.0.0.1:{server.port}{PATH}", username="someone", password_file="secret"
    )
    base = calendar("http://127.0.0.1/", None)
    opened = CalDavCalendar(settings, home=tmp_path, where=Whereabouts("UTC"), owner="", clock=base._clock)
    (tmp_path / "secret").write_text("öld\n", "utf-8")
    server.say(Reply(401), multistatus(response(PATH, "")))
    with pytest.raises(ConsentRevoked):
        opened.token()
    (tmp_path / "secret").write_text("new\n", "utf-8")
    opened.token()
    sent = [base64.b64decode(asked.headers["Authorization"].split()[1]).decode() for asked in server.asked]
    assert sent == ["someone:öld", "someone:new"]
    opened.close()


def test_without_book_it_takes_no_events() -> None:
    settings = CalDavSettings(kind="caldav", url="http://127.0.0.1/")
    base = calendar("http://127.0.0.1/", None)
    opened = CalDavCalendar(settings, home=Path(), where=Whereabouts("UTC"), owner="", clock=base._clock)
    assert opened.capabilities == Capability.ANSWERS


def test_doctor_names_the_calendars_there_are(radicale: CalDavServer, xandikos: CalDavServer) -> None:
    for running, above in ((radicale, "/mentor-1/"), (radicale, "/"), (xandikos, "/mentor-1/"), (xandikos, "/")):
        path = running.make_calendar()
        opened = calendar(running.url(above), running.login)
        with pytest.raises(Rejected, match=path):
            opened.check()
        opened.close()


def test_doctor_says_what_is_wrong_with_a_calendar(server: ScriptedServer, opened: CalDavCalendar) -> None:
    kind = "<resourcetype><collection/><C:calendar/></resourcetype>"
    tasks = '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>'
    readable = "<current-user-privilege-set><privilege><read/></privilege></current-user-privilege-set>"
    for props, words in ((kind + tasks, "no events"), (kind + readable, "may not write")):
        server.say(multistatus(response(PATH, props)), multistatus())
        with pytest.raises(Rejected, match=words):
            opened.check()


def test_doctor_finds_nothing_where_there_is_nothing(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(multistatus(refused(PATH, "404 Not Found")))
    with pytest.raises(Missing):
        opened.check()


def test_doctor_says_where_nothing_can_be_found_from_an_address(server: ScriptedServer, opened: CalDavCalendar) -> None:
    server.say(multistatus(response(PATH, "<resourcetype><collection/></resourcetype>")), Reply(405), Reply(405))
    with pytest.raises(Rejected, match="no calendar"):
        opened.check()


@pytest.mark.parametrize("body", ["", refused(PATH, "500 Oops")])
def test_an_address_that_is_not_spoken_of_is_unreadable(
    server: ScriptedServer, opened: CalDavCalendar, body: str
) -> None:
    server.say(multistatus(body))
    with pytest.raises(Unreadable):
        opened.token()
