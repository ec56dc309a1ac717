"""Where the daemon answers whoever watches it: off by default, and a mistake is named where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.addresses import Endpoint
from agent.settings.errors import SettingsError
from agent.settings.values import deployment
from tests.factories import NOW
from tests.settings import deployment_files


def read(home: Path, written: str) -> Endpoint | None:
    settings = deployment_files.read(home, ("attune.yaml", "rehearsal:", f"health: {written}\nrehearsal:"))
    return deployment(settings, NOW).health


def test_it_is_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    """A port that nobody knows of is one that nobody guards."""
    assert deployment(deployment_files.read(tmp_path), NOW).health is None
    assert read(tmp_path, "") is None


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("127.0.0.1:9464", "127.0.0.1", 9464),
        ("localhost:1", "localhost", 1),
        ('"[::1]:65535"', "::1", 65535),
        ("' 0.0.0.0:9464 '", "0.0.0.0", 9464),
    ],
)
def test_an_address_and_a_port_are_read(tmp_path: Path, written: str, host: str, port: int) -> None:
    assert read(tmp_path, written) == Endpoint(host, port)


@pytest.mark.parametrize("endpoint", [Endpoint("127.0.0.1", 9464), Endpoint("::1", 9464)])
def test_it_is_said_as_it_is_written(tmp_path: Path, endpoint: Endpoint) -> None:
    assert read(tmp_path, f'"{endpoint}"') == endpoint


@pytest.mark.parametrize("written", ["9464", "on", ":9464", "127.0.0.1", "::1:9464", "http://a.example:9464", "[a, b]"])
def test_what_is_no_address_is_named_where_it_stands(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, written)
    (problem,) = caught.value.problems
    wrong, advice = "this is not an address to listen on", "write an address and a port, such as “127.0.0.1:9464”"
    assert str(problem) == f"attune.yaml:4:9 health: {wrong}; {advice}"


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_that_there_is_not_is_named_where_it_stands(tmp_path: Path, port: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"127.0.0.1:{port}")
    assert [str(problem) for problem in caught.value.problems] == [
        "attune.yaml:4:9 health: there is no such port; write one from 1 to 65535, as in “127.0.0.1:9464”"
    ]


@pytest.mark.parametrize(("number", "said"), [(0, "[::1]:9464"), (1, "[::1]:9464"), (3, "[::1]:9466")])
def test_each_of_several_workers_has_a_port_of_its_own(number: int, said: str) -> None:
    assert str(Endpoint("::1", 9464).next(number)) == said
