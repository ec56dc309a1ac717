"""Leases of groups of shards, held by Procrastinate, a task engine on PostgreSQL: who may sweep what at this moment.

There is a job for a group while something in it is due, and none otherwise. Its tables can be emptied at any time at no
loss: what is due, for whom, and how often it was tried, is in our own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agent.store.engine import STILLNESS, Store
from agent.store.errors import StoreUnavailable
from agent.store.lease_tables import procrastinate
from agent.store.shards import SHARDS

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job

GROUPS = 16
"""How many jobs there are at the most: the more, the more workers find one, and the more jobs a burst takes."""

QUEUE = TASK = "attune"

ADVICE = "see that the server runs; “attune db upgrade” makes these tables anew where they are missing"


def shards_of(group: int) -> frozenset[int]:
    """Give the shards of one group."""
    return frozenset(range(group, SHARDS, GROUPS))


def group_of(shard: int) -> int:
    """Give the group that a shard is in."""
    return shard % GROUPS


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Leases]:
    """Open them, with connections of their own to this store. Raises ``StoreUnavailable`` where these fail."""
    broken = (procrastinate("exceptions").ConnectorException, import_module("psycopg").Error)
    new_connector = procrastinate("psycopg_connector").PsycopgConnector
    connector = new_connector(kwargs=store.login(), min_size=1, max_size=3, timeout=10, configure=_configure)
    try:
        app: App = procrastinate("app").App(connector=connector)
        async with app.open_async():
            yield Leases(app)
    except broken as error:
        why = type(error.__cause__ or error).__name__
        raise StoreUnavailable(f"the tables of the workers cannot be used ({why})", ADVICE) from error


async def _configure(connection: Any) -> None:
    await connection.execute(STILLNESS)
    await connection.commit()


@dataclass(frozen=True)
class Stale:
    """The lease of a group, held by somebody who gives no sign."""

    group: int
    job: Job


@dataclass(frozen=True)
class Leases:
    """Asked for by whoever sees that something is due, taken by whoever is free."""

    _app: App

    async def take(
        self, work: Callable[[int], Awaitable[None]], *, at_once: int, look: float, sign: float, stale: float
    ) -> None:
        """Take leases, so many at once, and do ``work`` with the group of each, until cancelled.

        Seconds: ``look`` between two looks for one whose announcement was missed, ``sign`` between two signs of life,
        ``stale`` after which whoever gave none is forgotten. Raises ``StoreUnavailable``.
        """

        async def sweep(group: int) -> None:
            await work(group)

        self._app.task(name=TASK, queue=QUEUE)(sweep)
        await self._app.run_worker_async(
            queues=[QUEUE],
            concurrency=at_once,
            fetch_job_polling_interval=look,
            update_heartbeat_interval=sign,
            stalled_worker_timeout=stale,
            delete_jobs="always",  # old rows would slow every start
            install_signal_handlers=False,
        )
        raise StoreUnavailable("the tables of the workers cannot be used", ADVICE)

    async def free(self) -> set[int]:
        """Give the groups that nobody holds or has asked for."""
        jobs = await self._app.job_manager.list_jobs_async(queue=QUEUE)
        there = {job.queueing_lock for job in jobs}
        return {group for group in range(GROUPS) if _name(group) not in there}

    async def ask(self, group: int) -> None:
        """Let somebody take this group, unless that has been asked for already."""
        name = _name(group)
        job = self._app.configure_task(TASK, queue=QUEUE, lock=name, queueing_lock=name)
        with suppress(procrastinate("exceptions").AlreadyEnqueued):
            await job.defer_async(group=group)

    async def stale(self, seconds: float) -> list[Stale]:
        """Give the leases of those who have given no sign of life for so long."""
        jobs = await self._app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=seconds)
        return [Stale(int(str(job.task_kwargs["group"])), job) for job in jobs]

    async def end(self, lease: Stale) -> None:
        """End somebody else's lease, unless that has been done, or it came back.

        Its job is not put back into the queue, as that fails where its successor waits there already.
        """
        with suppress(procrastinate("exceptions").ConnectorException):
            failed = procrastinate("jobs").Status.FAILED
            await self._app.job_manager.finish_job(lease.job, failed, delete_job=True)


def _name(group: int) -> str:
    return f"{TASK}-{group}"
