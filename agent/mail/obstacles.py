"""What stands in the way of a meeting, in words for one person: their own by name, everybody else's never."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from babel.dates import format_date
from babel.numbers import format_percent

from agent.core.explain import HORIZON, Reason
from agent.core.explanation import Explanation
from agent.core.layers import Kind
from agent.core.relax import Change, Relaxation
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS
from agent.mail.languages import Language


def obstacles(reasons: Iterable[Reason], asked: int, language: Language) -> list[dict[str, str]]:
    """Say what removes a viewer's times (``agent.core.explain.reasons_for``), the largest share first.

    Each has a ``name`` and ``figures``; ``asked`` is how many minutes of starts there were. What the viewer may not
    know, other people's constraints and times that somebody declined, is not among them: of these the mail says one
    sentence that is always the same.
    """
    words = _words(language)
    return [
        {"name": words[reason.kind] % {"number": reason.number}, "figures": _figures(reason, asked, language)}
        for reason in reasons
        if reason.kind in words
    ]


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
        HORIZON: say("the days when it is due, which are too far ahead yet"),
    }


def _figures(reason: Reason, asked: int, language: Language) -> str:
    say = language.gettext
    if not reason.minutes:
        return ""
    # Nothing that is in the way is 0 %, and what leaves a single time is not 100 %.
    share = 1 if reason.minutes == asked else min(0.99, max(0.01, reason.minutes / asked))
    words = {"share": format_percent(share, locale=language.locale), "days": _days(reason.days, language)}
    if reason.only:
        return say("takes %(share)s of these times; opening this alone would give times on %(days)s") % words
    return say("takes %(share)s of these times; opening this alone would give none") % words


def asked(explained: Explanation, language: Language) -> str:
    """Say in which of the reader's own days a time was looked for; nothing where there is none."""
    if explained.days is None:
        return ""
    first, last = (format_date(day, "full", language.locale) for day in explained.days)
    if first == last:
        return language.gettext("Attune looked for a time on %(day)s.") % {"day": first}
    return language.gettext("Attune looked for a time from %(first)s to %(last)s.") % {"first": first, "last": last}


def best(explained: Explanation, language: Language) -> str:
    """Say which one change would help the most; nothing where none does."""
    if not explained.relaxations:
        return ""
    first = explained.relaxations[0]
    return language.gettext("What would help most: %(change)s. That would open times on %(days)s.") % {
        "change": _change(first, language),
        "days": _days(first.days, language),
    }


def _days(count: int, language: Language) -> str:
    return language.words.ngettext("%(num)s day", "%(num)s days", count) % {"num": count}


def _change(relaxed: Relaxation, language: Language) -> str:
    say = language.gettext
    words = {
        Change.BOUNDARY: say("to do without your boundary number %(number)s"),
        Change.EARLIER: say("to start your own hours an hour earlier"),
        Change.LATER: say("to end your own hours an hour later"),
        Change.WINDOW: say("to look a day earlier and a day later, which your programme's administrator can allow"),
    }
    return words[relaxed.change] % {"number": relaxed.number}
