"""The program over patterns that HiGHS solves: its columns and rows, grown as they are found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agent.core.cohort.coupling import Coupling
from agent.core.cohort.patterns import Pattern
from agent.core.cohort.problem import GRAIN, POINT, UNPLACED

IMPOSSIBLE = 2 * UNPLACED
"""For each meeting, the cost of a stand-in that keeps the program feasible whatever is closed."""


class OptimizerMissing(RuntimeError):
    """The optional library is not installed; the message says how to get it."""


def solver() -> Any:
    """A silent HiGHS with one thread and a fixed seed, so that it does the same work each time."""
    try:
        import highspy  # noqa: PLC0415  # optional, and slow to load
    except ImportError as error:
        raise OptimizerMissing(
            "planning with the optimizer needs HiGHS: pip install 'attune-agent[optimizer]'"
        ) from error

    class Quiet(highspy.Highs):
        """Without callbacks, which nobody here needs: setting them up prints a banner before anything can forbid it."""

        def enableCallbacks(self) -> None:  # noqa: N802  # the library's name
            pass

    highs: Any = Quiet()  # type: ignore[no-untyped-call]  # the library is not annotated
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("parallel", "off")):
        highs.setOptionValue(option, value)
    return highs


class Master:
    """One row for each menu (exactly one pattern) and one for each coupling row that its columns could break.

    Costs are told to HiGHS in points more or less than those of a first plan: what nobody can change, such as a meeting
    that cannot be placed, would only drown the rest.
    """

    def __init__(self, coupling: Coupling, first: Sequence[Pattern]) -> None:
        self.coupling, self.highs = coupling, solver()
        self.base = [menu.cost(pattern) for menu, pattern in zip(coupling.menus, first, strict=True)]
        self.columns: list[tuple[int, Pattern]] = []
        self.costs: list[int] = []
        self._known: set[tuple[int, Pattern]] = set()
        self._uses: dict[int, dict[int, int]] = {}
        self._most: dict[int, dict[int, int]] = {}
        self._row_at: dict[int, int] = {}
        self._shut: list[int] = []
        for _ in coupling.menus:
            self.highs.addRow(1.0, 1.0, 0, [], [])
        for number, menu in enumerate(coupling.menus):
            self.columns.append((number, (None,) * len(menu.courses)))
            self.costs.append(self.base[number] + IMPOSSIBLE * (len(menu.courses) + 1))
            self.highs.addCol(IMPOSSIBLE * (len(menu.courses) + 1) / POINT, 0.0, 1.0, 1, [number], [1.0])
        self.add(enumerate(first))

    def add(self, found: Iterable[tuple[int, Pattern]]) -> int:
        """Let patterns of menus join; how many are new."""
        before = len(self.columns)
        for number, pattern in found:
            if (number, pattern) not in self._known:
                self._add(number, pattern)
        return len(self.columns) - before

    def _add(self, number: int, pattern: Pattern) -> None:
        column = len(self.columns)
        uses: dict[int, int] = {}
        for row in self.coupling.uses(number, pattern):
            uses[row] = uses.get(row, 0) + 1
        self._known.add((number, pattern))
        self.columns.append((number, pattern))
        self.costs.append(self.coupling.menus[number].cost(pattern))
        held = [(self._row_at[row], float(count)) for row, count in uses.items() if row in self._row_at]
        at, counts = [number, *(row for row, _ in held)], [1.0, *(count for _, count in held)]
        self.highs.addCol((self.costs[-1] - self.base[number]) / POINT, 0.0, 1.0, len(at), at, counts)
        for row, count in uses.items():
            self._uses.setdefault(row, {})[column] = count
            most = self._most.setdefault(row, {})
            most[number] = max(most.get(number, 0), count)
            if row not in self._row_at and sum(most.values()) > self.coupling.caps[row]:
                self._add_row(row)

    def _add_row(self, row: int) -> None:
        self._row_at[row] = len(self.coupling.menus) + len(self._row_at)
        uses = self._uses[row]
        cap = float(self.coupling.caps[row])
        self.highs.addRow(-self.highs.getInfinity(), cap, len(uses), list(uses), list(map(float, uses.values())))

    def shut(self, closed: Sequence[Sequence[int]]) -> None:
        """Keep out, until told otherwise, all patterns with a closed place (by menu and meeting)."""
        for column in self._shut:
            self.highs.changeColBounds(column, 0.0, 1.0)
        self._shut = [
            column
            for column, (number, pattern) in enumerate(self.columns)
            if column >= len(self.base) and self._is_shut(number, pattern, closed[number])
        ]
        for column in self._shut:
            self.highs.changeColBounds(column, 0.0, 0.0)

    def _is_shut(self, number: int, pattern: Pattern, closed: Sequence[int]) -> bool:
        courses = self.coupling.menus[number].courses
        places = (course.out if place is None else place for place, course in zip(pattern, courses, strict=True))
        return any(shut >> place & 1 for shut, place in zip(closed, places, strict=True))

    def shares(self) -> list[float]:
        """How much of each column the last solution took."""
        return list(self.highs.getSolution().col_value)

    def relaxed(self) -> tuple[int, dict[int, int]]:
        """Solve the linear relaxation: its value, and row prices."""
        self.highs.run()
        duals = self.highs.getSolution().row_dual
        prices = {row: round(-duals[at] * POINT) for row, at in self._row_at.items()}
        value = round(self.highs.getInfo().objective_function_value * POINT) + sum(self.base)
        return value, {row: price for row, price in prices.items() if price > 0}

    def whole(self, first: Iterable[Pattern], nodes: int) -> list[Pattern] | None:
        """Solve the integer program, from a plan on; None where no plan was found within so many nodes."""
        import highspy  # noqa: PLC0415  # already loaded

        count = len(self.columns)
        self.highs.changeColsIntegrality(count, list(range(count)), [highspy.HighsVarType.kInteger] * count)
        for option, value in (("mip_max_nodes", nodes), ("mip_rel_gap", 0.0), ("mip_abs_gap", GRAIN / POINT / 2)):
            self.highs.setOptionValue(option, value)
        chosen = set(enumerate(first))
        start = highspy.HighsSolution()
        start.col_value = [float(column in chosen) for column in self.columns]
        self.highs.setSolution(start)
        self.highs.run()
        taken = zip(self.columns, self.shares(), strict=False)
        found = {number: pattern for (number, pattern), share in taken if share > 0.5}
        return [found[number] for number in range(len(found))] if len(found) == len(self.coupling.menus) else None
