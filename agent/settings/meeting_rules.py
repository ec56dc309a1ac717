"""What can only be seen across files: whether a pair or circle can ever meet under the policy that binds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, reduce

from agent.core.boundaries import Strength
from agent.core.expansion import blocked_run, membership
from agent.core.policy import Cadence
from agent.core.rules import EVERY_DAY, Rule
from agent.core.timespan import DAY, Run, Span, intersect, subtract
from agent.core.whereabouts import Whereabouts
from agent.settings.document import Document
from agent.settings.durations import spoken
from agent.settings.mistakes import Mistake
from agent.settings.people_file import PersonSection, RelationshipSection
from agent.settings.policy_file import PolicyFile
from agent.settings.policy_rules import cadence_mistake
from agent.settings.positions import Path

FORTNIGHT = Span(0, 15 * DAY)
Rules = tuple[Rule, ...]
People = Mapping[str, tuple[Path, PersonSection]]


def check(
    document: Document, policy: PolicyFile, people: People, relationships: Iterable[tuple[Path, RelationshipSection]]
) -> None:
    """Report cadences that do not hold once merged, no medium in common, and no time long enough."""
    sound = cadence_mistake(policy.values().cadence) is None
    told: set[tuple[str, timedelta]] = set()
    for path, relationship in relationships:
        present = list(_present(relationship, people))
        if len(present) == 1 + len(relationship.mentee_ids):
            _a_medium_in_common(document, path, [person for _, person in present])
        if sound:  # else the programme's own cadence is reported, once
            cadence = policy.values(relationship.cadence).cadence
            _cadence_holds(document, path, relationship, cadence)
            length = Length(document, policy, cadence, _own_length(path, relationship))
            _a_stretch_is_long_enough(length, present, told)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of meeting; ``own`` is where the pair or circle that sets one of its own stands, else None."""

    document: Document
    policy: PolicyFile
    cadence: Cadence
    own: Path | None

    def fits(self, person: PersonSection) -> bool:
        """Whether somebody has a stretch that long in a week without dates or changes of offset."""
        return _longest(free(person, self.policy, Whereabouts("UTC"), FORTNIGHT)) >= self.cadence.duration


def _own_length(path: Path, relationship: RelationshipSection) -> Path | None:
    return path if relationship.cadence is not None and relationship.cadence.duration is not None else None


def _a_stretch_is_long_enough(
    length: Length, present: Iterable[tuple[Path, PersonSection]], told: set[tuple[str, timedelta]]
) -> None:
    """Report each person and length once, at the pair or circle where that sets a length of its own."""
    for where, person in present:
        if (person.id, length.cadence.duration) not in told and not length.fits(person):
            told.add((person.id, length.cadence.duration))
            _too_long(length, where, person)


def _present(relationship: RelationshipSection, people: People) -> Iterator[tuple[Path, PersonSection]]:
    return (people[who] for who in (relationship.mentor, *relationship.mentee_ids) if who in people)


def _cadence_holds(document: Document, path: Path, relationship: RelationshipSection, cadence: Cadence) -> None:
    mistake = cadence_mistake(cadence) if relationship.cadence else None
    if mistake:
        wrong = f"{mistake.wrong} (with what the programme's cadence adds)"
        document.report((*path, "cadence", *mistake.at), wrong, mistake.advice)


def _a_medium_in_common(document: Document, path: Path, present: list[PersonSection]) -> None:
    if not set(present[0].media).intersection(*(person.media for person in present[1:])):
        document.report(path, "these people have no medium in common", "give each of them one that all have in “media”")


def longest_together(people: Iterable[PersonSection], policy: PolicyFile, window: Span) -> timedelta:
    """Give the longest time in one go that several people could have together in a window of UTC minutes."""
    runs = (free(person, policy, Whereabouts(person.time_zone), window) for person in people)
    return _longest(reduce(intersect, runs))


def free(person: PersonSection, policy: PolicyFile, where: Whereabouts, window: Span) -> Run:
    """Give a person's availability without the limits that bind in any week; dates are left aside.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    binding = {Strength.HARD} if not person.cannot_rotate else {Strength.HARD, Strength.SOFT}
    never = tuple(limit.rule for limit in person.limits if limit.strength in binding and limit.rule.weekly)
    good = person.good(policy.good_hours) if person.cannot_rotate else ()
    return _free(tuple(map(_any_date, person.available)), tuple(map(_any_date, good)), never, where, window)


@lru_cache(maxsize=4096)
def _free(available: Rules, good: Rules, never: Rules, where: Whereabouts, window: Span) -> Run:
    """Found once for all who have the same hours: in a large programme many do."""
    found = membership(available, where, window)
    if good:
        found = intersect(found, membership(good, where, window))
    return subtract(found, blocked_run(never, where, window))


def _longest(run: Run) -> timedelta:
    return timedelta(minutes=max((span.minutes for span in run), default=0))


def _any_date(rule: Rule) -> Rule:
    """The rule on any date; what is for a few days only, or recurs, may be on any weekday."""
    short = any(each.first and each.last and (each.last - each.first).days < 6 for each in rule.dates)
    return Rule(EVERY_DAY if short or rule.recurrence else rule.weekdays, rule.start, rule.end)


def _too_long(length: Length, where: Path, person: PersonSection) -> None:
    spoken_length = spoken(length.cadence.duration)
    if length.own:
        wrong = f"somebody here is never available for {spoken_length} in one go"
        advice = "write a shorter duration, or widen the availability"
        length.document.report((*length.own, "cadence", "duration"), wrong, advice)
        return
    mistake = _what_leaves_none(length, person)
    wrong = f"{mistake.wrong} for a meeting of {spoken_length}"
    length.document.report((*where, *mistake.at), wrong, mistake.advice)


def _what_leaves_none(length: Length, person: PersonSection) -> Mistake:
    """Name the first key without which a stretch would be long enough: for most people only availability counts."""
    if not length.fits(person.model_copy(update={"cannot_rotate": False})):
        wrong = "with the hard boundaries taken out, no stretch is long enough"
        return Mistake(wrong, "write a longer stretch, or a shorter cadence.duration", at=("availability",))
    if length.fits(person.model_copy(update={"boundaries": ()})):
        wrong = "for whoever cannot rotate soft boundaries are hard, and they leave no stretch long enough"
        return Mistake(wrong, "shorten a soft boundary, or leave “cannot_rotate” out", at=("cannot_rotate",))
    if person.good_hours is None:
        wrong = "whoever cannot rotate has the programme's good hours only, of which no free stretch is long enough"
        return Mistake(wrong, "write “good_hours” of their own, or leave “cannot_rotate” out", at=("cannot_rotate",))
    wrong = "whoever cannot rotate has their good hours only, of which no free stretch is long enough"
    return Mistake(wrong, "widen the good hours, or leave “cannot_rotate” out", at=("good_hours",))
