"""What stands in the way of a meeting, in words for one person: their own by name, everybody else's never."""

from __future__ import annotations

from collections.abc import Iterable

from agent.core.explain import Reason
from agent.core.layers import Kind
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS
from agent.mail.languages import Language


def obstacles(reasons: Iterable[Reason], language: Language) -> list[str]:
    """Say what removes a viewer's times (``agent.core.explain.reasons_for``), the largest share first.

    The last line is always the same and stands for whatever the viewer may not know: other people's constraints,
    and times that somebody declined.
    """
    words = _words(language)
    said = [words[reason.kind] for reason in reasons if reason.kind in words]
    return [*dict.fromkeys(said), language.gettext("no common free time")]


def _words(language: Language) -> dict[str, str]:
    say = language.gettext
    return {
        AVAILABILITY: say("your own hours and boundaries"),
        BOUNDARY: say("your own hours and boundaries"),
        GOOD_HOURS: say("your own hours and boundaries"),
        f"own-{Kind.HOLIDAYS}": say("public holidays where you are"),
        f"own-{Kind.BUSY}": say("what is already in your calendar"),
        f"own-{Kind.BUFFERS}": say("the room kept free around what is in your calendar"),
        f"own-{Kind.MEETINGS}": say("your other mentoring meetings"),
        f"own-{Kind.LIMITS}": say("the most mentoring meetings you have in a day or a week"),
        f"own-{Kind.UNKNOWN}": say("your calendar, which could not be read"),
        Kind.PAUSE: say("a break in your meetings"),
        Kind.NOTICE: say("too little time left to give everybody notice"),
    }
