"""What stands in the way of a meeting, in words for one person: their own by name, everybody else's never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.core.explain import Reason
from agent.core.explanation import Explanation
from agent.core.layers import Kind
from agent.core.relax import Change, Relaxation
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS
from agent.mail.languages import Language


def obstacles(reasons: Iterable[Reason], language: Language) -> list[dict[str, str]]:
    """Say what removes a viewer's times (``agent.core.explain.reasons_for``), the largest share first.

    Each has a ``name`` and ``figures``. The last one is always the same, without figures, and stands for whatever the
    viewer may not know: other people's constraints, and times that somebody declined.
    """
    words = _words(language)
    said = [
        {"name": words[reason.kind] % {"number": reason.number}, "figures": _figures(reason, language)}
        for reason in reasons
        if reason.kind in words
    ]
    return [*said, {"name": language.gettext("no common free time"), "figures": ""}]


def _words(language: Language) -> Mapping[str, str]:
    say = language.gettext
    return {
        AVAILABILITY: say("your own hours"),
        BOUNDARY: say("your boundary number %(number)s"),
        GOOD_HOURS: say("your good hours"),
        f"own-{Kind.HOLIDAYS}": say("public holidays where you are"),
        f"own-{Kind.BUSY}": say("what is already in your calendar"),
        f"own-{Kind.BUFFERS}": say("the room kept free around what is in your calendar"),
        f"own-{Kind.MEETINGS}": say("your other mentoring meetings"),
        f"own-{Kind.LIMITS}": say("the most mentoring meetings you have in a day or a week"),
        f"own-{Kind.UNKNOWN}": say("your calendar, which could not be read"),
        Kind.PAUSE: say("a break in your meetings"),
        Kind.NOTICE: say("too little time left to give everybody notice"),
    }


def _figures(reason: Reason, language: Language) -> str:
    say = language.gettext
    if not reason.minutes:
        return ""
    lengths = {"removes": length(reason.minutes), "gives": length(reason.only)}
    if reason.only:
        return say("takes %(removes)s; opening this alone would give %(gives)s") % lengths
    return say("takes %(removes)s; opening this alone would give nothing") % lengths


def asked(explained: Explanation, language: Language) -> str:
    """Say in how much time a meeting could begin at all; nothing where that is none."""
    if not explained.candidates:
        return ""
    words = {"time": length(explained.candidates)}
    return language.gettext("Were everybody always free, it could begin within %(time)s.") % words


def best(explained: Explanation, language: Language) -> str:
    """Say which one change would help the most; nothing where none does."""
    if not explained.relaxations:
        return ""
    first = explained.relaxations[0]
    return language.gettext("What would help most: %(change)s. Your meeting could then begin within %(time)s more.") % {
        "change": _change(first, language),
        "time": length(first.minutes),
    }


def _change(relaxed: Relaxation, language: Language) -> str:
    say = language.gettext
    words = {
        Change.BOUNDARY: say("to do without your boundary number %(number)s"),
        Change.EARLIER: say("to start your own hours an hour earlier"),
        Change.LATER: say("to end your own hours an hour later"),
        Change.WINDOW: say("to look a day earlier and a day later, which your programme's administrator can allow"),
    }
    return words[relaxed.change] % {"number": relaxed.number}


def length(minutes: int) -> str:
    """Write a length of time in hours and minutes, which every language abbreviates alike."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
