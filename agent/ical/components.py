"""Content lines to components, put together again where BEGIN and END do not match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agent.ical.errors import NotCalendar
from agent.ical.lines import Line

_WHOLE = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"})
"""Components of a calendar that never stand inside one another."""
_NEVER_AROUND = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VALARM", "STANDARD", "DAYLIGHT"})
_KNOWN = _WHOLE | {"VCALENDAR"}
_NAMES = _KNOWN | _NEVER_AROUND | {"AVAILABLE"}


@dataclass(slots=True)
class Component:
    """A component as it stands in the file. ``torn`` says that its beginning or its end is missing."""

    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    torn: bool = False
    loose: int = 0
    """How many lines of its own came before its latest part."""

    def all(self, name: str) -> list[Line]:
        """Every line of this name, in order."""
        return [line for line in self.lines if line.name == name]

    def value(self, name: str) -> str:
        """Value of the first line of this name, empty where there is none."""
        return next((line.value for line in self.lines if line.name == name), "")

    def within(self, *names: str) -> Iterator[Component]:
        """Components of these names at any depth, without looking inside them."""
        waiting = list(reversed(self.parts))
        while waiting:
            part = waiting.pop()
            if part.name in names:
                yield part
            else:
                waiting.extend(reversed(part.parts))


def stream(lines: Iterable[Line]) -> Component:
    """Everything in a file as the parts of one nameless component.

    Raises ``NotCalendar`` where nothing of a calendar is there, and where something never ends: what was cut off is
    unknown.
    """
    stack = _Stack()
    for line in lines:
        if line.name == "BEGIN":
            stack.begin(line.value.upper())
        elif line.name == "END":
            stack.end(line.value.upper())
        else:
            stack.top.lines.append(line)
    if not any(part.name in _KNOWN for part in stack.root.parts):
        raise NotCalendar("this is no iCalendar")
    if len(stack.path) > 1:
        raise NotCalendar("the calendar is cut short")
    return stack.root


class _Stack:
    """The components that are open, outermost first. Counts by name keep hostile nesting cheap."""

    def __init__(self) -> None:
        self.root = Component("")
        self.path = [self.root]
        self.open: Counter[str] = Counter()

    @property
    def top(self) -> Component:
        return self.path[-1]

    def begin(self, name: str) -> None:
        while (name in _WHOLE and self.top.name in _NEVER_AROUND) or (name == "VCALENDAR" and len(self.path) > 1):
            self._pop(torn=True)
        component = Component(name)
        self.top.parts.append(component)
        self.top.loose = len(self.top.lines)
        self.path.append(component)
        self.open[name] += 1

    def end(self, name: str) -> None:
        if self.open[name]:
            while self.top.name != name:
                self._pop(torn=True)
            self._pop(torn=False)
        elif name in {"VEVENT", "VFREEBUSY"}:
            # Its BEGIN is lost: what stands loose since the last component is taken for its lines.
            self.top.parts.append(Component(name, self.top.lines[self.top.loose :], torn=True))
        elif (
            name not in _NAMES and len(self.path) > 1 and (self.top.name != "VCALENDAR" or name.startswith("VCALENDAR"))
        ):
            self._pop(torn=True)  # a slip of the pen: it ends what is open
        self.top.loose = len(self.top.lines)

    def _pop(self, *, torn: bool) -> None:
        component = self.path.pop()
        self.open[component.name] -= 1
        component.torn = component.torn or torn
        if torn and self.top.name == "VEVENT":  # the END of an alarm is lost: what follows it may be the event's
            self.top.lines += component.lines
