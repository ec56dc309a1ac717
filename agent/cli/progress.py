"""How far work on many rows has come, on a terminal only, and only where it takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.wiring import App


@contextmanager
def rows_passed(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error that the given function moves: rows done, of how many."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def share_passed(what: str) -> Iterator[Callable[[float], None]]:
    """Show a bar as soon as the given function is told that some share of the work, from 0 to 1, is done."""
    with ExitStack() as stack:
        shown: list[Callable[[int, int], None]] = []

        def passed(share: float) -> None:
            if not shown:
                shown.append(stack.enter_context(rows_passed(what)))
            shown[0](round(100 * share), 100)

        yield passed


@contextmanager
def opened(home: Path | None, *, at: datetime | None = None, stopping: Callable[[], bool] = bool) -> Iterator[App]:
    """Open a deployment, and show how far it has come where a large people.yaml has to be read first."""
    from agent.wiring import build

    with ExitStack() as stack:
        with share_passed("reading people.yaml") as passed:
            app = stack.enter_context(build(home, at=at, stopping=stopping, passed=passed))
        yield app
