"""What pydantic cannot see in ``policy.yaml``: values that are right alone and wrong together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from agent.core.policy import Cadence
from agent.settings.complaints import part
from agent.settings.document import Document
from agent.settings.durations import spoken
from agent.settings.mistakes import Mistake
from agent.settings.policy_file import PolicyFile

DAY = timedelta(days=1)
LONGEST_HORIZON = timedelta(weeks=52)


def check(document: Document) -> None:
    """Report what would surprise: meetings that can never be found, or two where one is meant.

    A rule is left out where one of the keys it looks at is wrong by itself.
    """
    sound = sound_part(document)
    for keys, rule in RULES:
        if all(key in sound.model_fields_set or document.at((key,)) is None for key in keys) and (found := rule(sound)):
            document.report((keys[0], *found.at), found.wrong, found.advice)


def sound_part(document: Document) -> PolicyFile:
    """Give the policy as far as it is right, with defaults for what is not."""
    written = document.data if isinstance(document.data, dict) else {}
    right = {key: value for key, value in written.items() if part(PolicyFile, {key: value})}
    return PolicyFile.model_validate(right)


def cadence_mistake(cadence: Cadence) -> Mistake | None:
    """Say what is wrong with a cadence, with the key it is about in ``at``."""
    if cadence.duration >= cadence.every:
        wrong = f"meetings of {spoken(cadence.duration)} every {spoken(cadence.every)} leave nothing between"
        return Mistake(wrong, "write a shorter duration, or a longer “every”", at=("duration",))
    if cadence.duration > DAY:
        return Mistake("a meeting longer than a day is none", "write a duration such as “45 min”", at=("duration",))
    if 2 * cadence.window >= cadence.every:
        wrong = (
            f"a window of {spoken(cadence.window)} either way lets two meetings due every {spoken(cadence.every)} meet"
        )
        return Mistake(wrong, "write a window shorter than half of “every”", at=("window",))
    return None


def _cadence(policy: PolicyFile) -> Mistake | None:
    return cadence_mistake(policy.values().cadence)


def _grid(policy: PolicyFile) -> Mistake | None:
    if DAY % policy.grid:
        wrong = f"a day cannot be cut evenly into steps of {spoken(policy.grid)}"
        return Mistake(wrong, "write 5, 10, 15, 20 or 30 min, or 1 h")
    return None


def _horizon(policy: PolicyFile) -> Mistake | None:
    if policy.horizon > LONGEST_HORIZON:
        return Mistake("this is more than a year", "write 52 weeks or less")
    return None


def _notice(policy: PolicyFile) -> Mistake | None:
    if policy.notice >= policy.horizon:
        wrong = (
            f"with a notice of {spoken(policy.notice)} and a horizon of {spoken(policy.horizon)} nothing can be booked"
        )
        return Mistake(wrong, "write a notice shorter than the horizon")
    return None


def _agenda(policy: PolicyFile) -> Mistake | None:
    if policy.agenda.send > policy.horizon:
        wrong = f"meetings are booked {spoken(policy.horizon)} ahead at most, so this agenda would always be late"
        return Mistake(wrong, "write a time shorter than the horizon", at=("send",))
    return None


RULES: tuple[tuple[tuple[str, ...], Callable[[PolicyFile], Mistake | None]], ...] = (
    (("cadence",), _cadence),
    (("grid",), _grid),
    (("horizon",), _horizon),
    (("notice", "horizon"), _notice),
    (("agenda", "horizon"), _agenda),
)
"""Each rule with the keys it looks at; the first is the one it complains of."""
