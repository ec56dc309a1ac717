"""The double itself: it holds its own answers against Google's description, and can outlive its process."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.google.acting import ALL, MENTOR, TEN, call, refresh
from tests.servers.google.asking import HANDLERS, Ask
from tests.servers.google.documents import methods, schema
from tests.servers.google.errors import Refusal
from tests.servers.google.gateway import perform
from tests.servers.google.running import CLIENT, google
from tests.servers.google.schema import Reading, problems
from tests.servers.google.selector import check, cut, read
from tests.servers.google.world import Account, World

READING = Reading("calendar.v3")


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"colour": "red"}, 'colour: Unknown name "colour": Cannot find field.'),
        ({"id": None}, "id: is null"),
        ({"status": "maybe"}, "status: is none of confirmed, tentative, cancelled: 'maybe'"),
        ({"start": {"dateTime": "2027-03-01T10:00:00"}}, "start.dateTime: is no date-time: '2027-03-01T10:00:00'"),
        ({"start": {"date": "20270301"}}, "start.date: is no date: '20270301'"),
        ({"attendees": [{"self": "yes"}]}, "attendees[0].self: is no boolean: 'yes'"),
        ({"attendees": {}}, "attendees: is no array: {}"),
        ({"extendedProperties": {"private": {"k": 1}}}, "extendedProperties.private.k: is no string: 1"),
        ([], "the body: is no object: []"),
    ],
)
def test_an_answer_that_does_not_match_is_seen(answer: Any, what: str) -> None:
    assert [str(each) for each in problems(answer, "Event", READING)] == [what]


def ask(world: World, method: str) -> Ask:
    return Ask(world, methods()[method], world.accounts[MENTOR], CLIENT, frozenset({ALL}), {"calendarId": "primary"})


@pytest.fixture
def world() -> World:
    made = World()
    made.add_account(Account(MENTOR))
    return made


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a method answers instead of what it should."""
    answers: dict[str, Any] = {}
    for name in ("calendar.calendars.get", "calendar.events.delete"):
        monkeypatch.setitem(HANDLERS, name, lambda asked: answers[asked.method.id])
    return answers


def test_the_doubles_own_mistakes_are_answered_with_500_and_kept(world: World, wrong: dict[str, Any]) -> None:
    wrong |= {"calendar.calendars.get": {"colour": "red"}, "calendar.events.delete": {}}
    for method in wrong:
        with pytest.raises(Refusal) as refused:
            perform(ask(world, method))
        assert refused.value.status == 500
    assert len(world.ledger.broken) == 2


def test_an_error_inside_is_kept_with_its_traceback(world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="theDoubleIsBroken"):
        perform(ask(world, "calendar.calendars.get"))
    assert "KeyError" in world.ledger.broken[0]


def test_every_method_that_is_answered_is_one_of_googles() -> None:
    assert set(HANDLERS) <= set(methods())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a", {"a": 1}),
        ("a,b/c", {"a": 1, "b": {"c": 2}}),
        ("b(c,d)", {"b": {"c": 2, "d": 3}}),
        ("b/*", {"b": {"c": 2, "d": 3}}),
        ("*/c", {"a": 1, "b": {"c": 2}, "l": [{"c": 4}, {}]}),
        ("l/c", {"l": [{"c": 4}, {}]}),
        ("nothing", {}),
    ],
)
def test_a_selector_keeps_what_it_names(text: str, left: Any) -> None:
    assert cut({"a": 1, "b": {"c": 2, "d": 3}, "l": [{"c": 4}, {"d": 5}]}, read(text)) == left


@pytest.mark.parametrize("text", ["", "a,", "(a)", "a(b", "a)b", "a b", "a//b"])
def test_a_selector_that_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="Invalid field selection"):
        read(text)


def test_a_selector_names_what_there_is() -> None:
    about = schema("calendar.v3", "Events")
    check(read("items(id,extendedProperties/private/anything)"), "calendar.v3", about, "")
    with pytest.raises(Refusal, match="Invalid field selection colour"):
        check(read("items(id,colour)"), "calendar.v3", about, "")


def test_what_it_knows_can_outlive_its_process(tmp_path: Path) -> None:
    more = ("--state", str(tmp_path / "state"))
    with google(tmp_path, *more) as server:
        server.add_client()
        server.add_account(MENTOR)
        tokens = server.grant(MENTOR, [ALL])
        call(server, tokens, "POST", "calendars/primary/events", TEN | {"id": "abcde"}).raise_for_status()
    with google(tmp_path, *more) as server:
        fresh = refresh(server, tokens["refresh_token"]).json()
        assert call(server, fresh, "GET", "calendars/primary/events/abcde").is_success
        server.assert_sound()


def test_it_speaks_tls_where_it_is_given_a_certificate(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    with google(tmp_path, "--certificate", str(certificate), "--key", str(key)) as server:
        trusted = ssl.create_default_context(cafile=certificate)
        found = httpx.get(f"{server.root}/.well-known/openid-configuration", verify=trusted).json()
        assert found["token_endpoint"] == f"{server.root}/token"
        assert server.root.startswith("https://")


def test_it_shares_nothing_with_what_it_tests() -> None:
    """It is to agree with the connector because both follow Google, and for no other reason."""
    script = (
        "import sys, tests.servers.google.app, tests.servers.google.control, tests.servers.common.serving;"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'agent', 'connectors', 'googleapiclient'})"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
