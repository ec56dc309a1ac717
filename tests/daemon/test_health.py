"""The health server, asked by a real client while a real loop runs in another thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

import httpx
import pytest
from structlog.testing import capture_logs

from agent import metrics
from agent.clock import RehearsalClock
from agent.daemon import health
from agent.daemon.health import CannotListen, serving
from agent.daemon.loop import Stop, run
from agent.daemon.notify import Notifier
from agent.daemon.pulse import Pulse
from agent.daemon.writable import Writable
from agent.services.part import Swept
from agent.settings.addresses import Endpoint
from agent.simulation.servers import free_port
from agent.store import gauges, policies
from agent.store.engine import Store, open_store
from agent.store.policies import Refusal
from tests.store.opened import upgraded

CLOCK = RehearsalClock(datetime(2027, 2, 22, 9, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with upgraded(f"sqlite:///{tmp_path}/attune.db") as opened:
        yield opened


class Daemon:
    """A loop in a thread, which sweeps when it is let, and the server beside it."""

    def __init__(self, store: Store, sweep: Callable[[], Swept]) -> None:
        self.stop = Stop()
        self.pulse = Pulse(timedelta(minutes=5))
        self.endpoint = Endpoint("127.0.0.1", free_port())
        self._arguments = (partial(self.pulse.around, sweep), lambda: None)
        self._thread = threading.Thread(target=self._run, args=(store,))

    def _run(self, store: Store) -> None:
        with serving(self.endpoint, self.pulse, store, CLOCK):
            run(*self._arguments, every=timedelta(minutes=5), clock=CLOCK, stop=self.stop, notifier=Notifier(None))

    def __enter__(self) -> Self:
        self._thread.start()
        self.until(lambda: self.status("/healthz") == 200)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def ask(self, path: str, method: str = "GET") -> httpx.Response:
        return httpx.request(method, f"http://{self.endpoint}{path}", timeout=10)

    def status(self, path: str) -> int:
        try:
            return self.ask(path).status_code
        except httpx.ConnectError:
            return 0

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.01)


@pytest.fixture
def daemon(store: Store) -> Iterator[Daemon]:
    with Daemon(store, lambda: Swept(decided=4, set_aside=1)) as running:
        running.until(lambda: running.pulse.swept)
        yield running


def test_a_daemon_that_sweeps_is_alive_ready_and_measured(daemon: Daemon) -> None:
    for path in ("/healthz", "/readyz", "/readyz?verbose=1"):
        answer = daemon.ask(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    told = daemon.ask("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=")
    for line in ("attune_sweep_seconds_count 1.0", "attune_decisions_total 4.0", "attune_set_asides_total 1.0"):
        assert line in told.text
    assert 'attune_relationships{state="due"} 0.0' in told.text
    assert "attune_store_answers 1.0" in told.text


def test_a_daemon_in_its_first_sweep_is_alive_and_not_ready(store: Store) -> None:
    """Whoever sends people to a copy that has not caught up yet shows them yesterday."""
    going_on = threading.Event()

    def sweep() -> Swept:
        going_on.wait(10)
        return Swept()

    with Daemon(store, sweep) as running:
        answer = running.ask("/readyz")
        assert (answer.status_code, answer.text) == (503, "the first sweep is not done\n")
        going_on.set()
        running.until(lambda: running.status("/readyz") == 200)


def test_a_loop_that_hangs_is_not_alive(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon.pulse, "_last", time.monotonic() - 901)
    answer = daemon.ask("/healthz")
    assert (answer.status_code, answer.text) == (503, "no sweep for three times its interval\n")


def test_without_its_store_it_is_alive_not_ready_and_still_measured(
    daemon: Daemon, store: Store, tmp_path: Path
) -> None:
    metrics.effect("agenda", "done")
    store.close()
    (tmp_path / "attune.db").write_bytes(b"this is no database any more" * 999)
    answer = daemon.ask("/readyz")
    assert (answer.status_code, answer.text) == (503, "the store does not answer\n")
    assert daemon.status("/healthz") == 200
    told = daemon.ask("/metrics").text
    assert "attune_store_answers 0.0" in told
    assert 'attune_effects_total{kind="agenda",outcome="done"} 1.0' in told


def test_a_store_that_only_answers_is_not_ready(store: Store, tmp_path: Path) -> None:
    """A read-only disk, a standby: every question goes well, and nothing is ever booked."""
    read_only = open_store(f"sqlite:///file:{tmp_path}/attune.db?mode=ro&uri=true")
    with Daemon(read_only, Swept) as running:
        running.until(lambda: running.pulse.swept)
        answer = running.ask("/readyz")
        assert (answer.status_code, answer.text) == (503, "the store takes no writes\n")
        assert running.status("/healthz") == 200
    read_only.close()


def test_a_refused_policy_is_told_and_keeps_nobody_from_being_ready(daemon: Daemon, store: Store) -> None:
    with store.begin() as tx:
        policies.refuse(tx, Refusal("{}", "roster", 4, 3, 0.2, CLOCK.now()))
    answer = daemon.ask("/readyz")
    assert (answer.status_code, answer.text.splitlines()[0]) == (200, "ok")
    assert "the changed policy is refused" in answer.text
    assert "attune_policy_refused 1.0" in daemon.ask("/metrics").text


def test_whoever_asks_often_does_not_keep_the_store_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now, tries = [0.0], []
    monkeypatch.setattr(store, "try_writing", lambda: tries.append(now[0]))
    writable = Writable(store, lambda: now[0])
    for now[0] in (0.0, 1.0, 10.0, 11.0, 12.0):
        assert writable
    assert tries == [0.0, 11.0]


def test_it_answers_heads_without_bodies_and_refuses_the_rest(daemon: Daemon) -> None:
    head = daemon.ask("/metrics", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 1000
    assert daemon.status("/") == 404
    assert daemon.status("/metrics/../secret") == 404
    for method in ("POST", "DELETE"):
        refused = daemon.ask("/metrics", method)
        assert (refused.status_code, refused.text) == (405, "Method Not Allowed\n")
    assert "Python" not in head.headers["server"]


@pytest.mark.parametrize(
    ("sent", "phrase"),
    [
        (b"<b>nonsense</b>\r\n\r\n", b"Bad Request\n"),
        (b"GET /" + b"<" * 65_532, b"URI Too Long\n"),
        (b"GET /healthz HTTP/1.1\r\n" + b"A: <b>\r\n" * 200 + b"\r\n", b"Request Header Fields Too Large\n"),
    ],
)
def test_what_is_no_request_is_refused_and_not_repeated(daemon: Daemon, sent: bytes, phrase: bytes) -> None:
    with socket.create_connection((daemon.endpoint.host, daemon.endpoint.port), timeout=10) as client:
        client.sendall(sent)
        said = client.makefile("rb").read()
    assert said.endswith(phrase)
    assert b"<" not in said


def test_it_answers_only_so_many_at_once_and_hangs_up_on_the_silent(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._Handler, "timeout", 0.5)
    address = (daemon.endpoint.host, daemon.endpoint.port)
    with ExitStack() as clients:
        silent = [clients.enter_context(socket.create_connection(address, 10)) for _ in range(health.AT_ONCE)]
        time.sleep(0.1)
        one_more = clients.enter_context(socket.create_connection(address, 10))
        assert one_more.recv(99) == b""
        assert [client.recv(99) for client in silent] == [b""] * health.AT_ONCE
    daemon.until(lambda: daemon.status("/healthz") == 200)


def test_nobody_who_asks_is_written_down(daemon: Daemon) -> None:
    with capture_logs() as lines:
        daemon.ask("/metrics")
        daemon.ask("/nowhere")
    assert lines == []


def test_an_answer_that_fails_is_logged_and_the_next_is_given(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[metrics.Gauge]:
        raise RuntimeError("mentor-1@northwind.example")

    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(gauges, "read", fail)
        with pytest.raises(httpx.RemoteProtocolError):
            daemon.ask("/metrics")
        daemon.until(lambda: len(lines) == 1)
    assert lines == [{"event": "health not answered", "exc_info": False, "log_level": "warning"}]
    assert daemon.status("/metrics") == 200


def test_a_port_that_is_taken_is_a_sentence(daemon: Daemon, store: Store) -> None:
    with pytest.raises(CannotListen) as caught, serving(daemon.endpoint, daemon.pulse, store, CLOCK):
        pass
    port = daemon.endpoint.port
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use); look at “health” in attune.yaml"
    )


def test_it_listens_on_the_newer_protocol_too(store: Store) -> None:
    endpoint = Endpoint("::1", free_port())
    with serving(endpoint, Pulse(timedelta(minutes=5)), store, CLOCK):
        assert httpx.get(f"http://{endpoint}/healthz").status_code == 200


def test_without_an_address_nothing_is_opened_or_counted(store: Store) -> None:
    with serving(None, Pulse(timedelta(minutes=5)), store, CLOCK):
        assert metrics.exposition() == b""
        assert not [thread for thread in threading.enumerate() if thread.name == "health"]
