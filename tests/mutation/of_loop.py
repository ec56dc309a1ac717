"""Mistakes in what notices, decides, records and hands out."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

LIFE = ("tests/services/test_life_of_a_meeting",)
SIDE_BY_SIDE = ("tests/services/test_side_by_side",)
RESTORE = ("tests/services/test_restore",)
PARTING = ("tests/services/test_parting",)
RACES = ("tests/services/test_races",)
CRASH = ("tests/crash/test_crash_points",)
LANES = ("tests/services/test_lanes",)

MUTANTS = (
    Mutant(
        "a decision and its intents are recorded one after the other",
        "agent/services/desk",
        "        with self.programme.store.begin() as tx:\n"
        "            line_up(tx, self.programme, done, notes, self._held if renewing else ())\n"
        "            keep_health(tx, notes, now)\n",
        "        from dataclasses import replace\n"
        "        from agent.store import intents\n"
        "        made = [each for each in done if isinstance(each, consider.Decided)]\n"
        "        wanted = [intent for each in made for intent in each.decision.intents]\n"
        "        bare = [replace(each, decision=replace(each.decision, intents=())) for each in made]\n"
        "        done = [*bare, *(each for each in done if not isinstance(each, consider.Decided))]\n"
        "        with self.programme.store.begin() as tx:\n"
        "            write_down(tx, self.programme, done, now, frozenset())\n"
        "        done = []\n"
        "        with self.programme.store.begin() as tx:\n"
        "            intents.add(tx, wanted, now)\n",
        CRASH,
    ),
    Mutant(
        "whoever was too slow writes back all the same",
        "agent/services/write_down",
        "ours = relationships.still_held(tx, ended) if ended else frozenset()",
        "ours = frozenset(each.name for each in ended)",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "what is worked on for long is not held for longer",
        "agent/services/desk",
        "        relationships.renew(tx, self._held.values(), now + LEASE)\n"
        "        claims.renew(tx, self._claimed.values(), now + LEASE)\n",
        "",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "a relationship that is done with stays held",
        "agent/services/write_down",
        "    relationships.let_go(tx, ours)\n",
        "",
        LIFE,
    ),
    Mutant(
        "effects come before the decisions that make them pointless",
        "agent/services/desk",
        "        if due.deciding(now) and (held",
        "        if effects := self._effects(tx, now, due.carrying(now), len(asks)):\n"
        "            return Begun(asks, effects=effects)\n"
        "        if due.deciding(now) and (held",
        RACES,
    ),
    Mutant(
        "what may have happened already is begun ahead of a free lane",
        "agent/services/desk",
        "filter(Due.can_queue, found[free:])",
        "found[free:]",
        LANES,
    ),
    Mutant(
        "lanes that are slow have as much begun for them as those that are quick",
        "agent/services/lanes",
        "min(most, int(seconds / self._pace))",
        "most",
        LANES,
    ),
    Mutant(
        "a part goes on after its time",
        "agent/services/desk",
        "late = self.part.until is not None and now >= self.part.until",
        "late = False",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "what a rule forbids by now is not decided again",
        "agent/services/deliver",
        "return isinstance(carried.outcome, Later | Withdrawn) and carried.outcome.decide_again",
        "return isinstance(carried.outcome, Withdrawn) and carried.outcome.decide_again",
        ("tests/services/test_prove",),
    ),
    Mutant(
        "a decision that came too late is recorded by half",
        "agent/services/consider",
        "        with nested(tx):\n            for each in decided:\n",
        "        if tx is not None:\n            for each in decided:\n",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "one that came out of a backup is decided before it is looked up",
        "agent/services/consider",
        "if stored.restored_at is not None and not stored.broken:",
        "if stored.restored_at is not None and stored.broken:",
        RESTORE,
    ),
    Mutant(
        "somebody is booked while another of their meetings is unknown",
        "agent/services/consider",
        "    if observer.restoring and recover.must_wait(programme, relationship):\n"
        '        return PutOff(held, now + UNCLEAR, "others-restored")\n',
        "",
        RESTORE,
    ),
    Mutant(
        "a decision may ask to be made again at once",
        "agent/services/consider",
        "decision.wake_at <= now:",
        "decision.wake_at < now:",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "what the check refuses is recorded",
        "agent/services/consider",
        "    prove(relationship, stored.state, decision.state, seen.observed)\n",
        "",
        ("tests/services/test_prove",),
    ),
    Mutant(
        "a row that nobody can read is begun anew",
        "agent/services/consider",
        "    if stored.broken:\n        raise StateUnreadable\n",
        "",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "nobody counts what a decision books for people",
        "agent/services/record",
        "        engagements.change(tx, seen.engaged)\n",
        "        pass\n",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "a move takes nobody's time",
        "agent/services/record",
        "(before is None or (before.number, before.span) != (after.number, after.span))",
        "before is None",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "what an older revision wanted stays wanted",
        "agent/services/record",
        "    for withdrawal in decision.withdrawals:\n",
        "    for withdrawal in decision.withdrawals[1:]:\n",
        RACES,
    ),
    Mutant(
        "the version that a decision has seen is not the one its writes build on",
        "agent/services/record",
        "            events.put(tx, event.uid, intent.person, delivered)\n",
        "            pass\n",
        ("tests/services/test_acts_of_people",),
    ),
    Mutant(
        "of somebody's relationships one is woken",
        "agent/services/notice",
        "programme.relationships_of(asked.person), asked.now)",
        "programme.relationships_of(asked.person)[:1], asked.now)",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "a change is noted and nobody woken",
        "agent/services/notice",
        "    relationships.wake(tx, programme.relationships_of(asked.person), asked.now)\n",
        "",
        LIFE,
    ),
    Mutant(
        "what could not be read is not read again while its token is the same",
        "agent/services/notice",
        "known is None or known.trouble is not None or known.token != asked.token",
        "known is None or known.token != asked.token",
        RACES,
    ),
    Mutant(
        "a calendar that cannot be read is free",
        "agent/services/observe",
        "                known = False\n",
        "",
        LIFE,
    ),
    Mutant(
        "our own write under way is taken for its owner's edit",
        "agent/services/observe",
        "if person not in under_way:",
        "if person:",
        RACES,
    ),
    Mutant(
        "a desk locks rows as it comes to them",
        "agent/services/desk",
        "            line_up(tx, self.programme, done, notes, self._held if renewing else ())\n",
        "",
        ("tests/services/test_lock_order",),
    ),
    Mutant(
        "who got in another worker's way gives up",
        "agent/services/desk",
        "if not carried and not isinstance(error, StoreContended):",
        "if not carried:",
        ("tests/services/test_lock_order",),
    ),
    Mutant(
        "an event is missed in a calendar that it was never written into",
        "agent/services/observe",
        "if kept.calendar is not None and kept.calendar != self.programme.booking_place(person):",
        "if False:",
        ("tests/services/test_another_calendar",),
    ),
    Mutant(
        "what was done in a former calendar is not done in the present one",
        "agent/services/record",
        "    intents.redo(",
        "    len if True else intents.redo(",
        ("tests/services/test_another_calendar",),
    ),
    Mutant(
        "an old copy of an event is taken for its owner's edit",
        "agent/services/observe",
        "event.sequence < kept.sequence and",
        "False and",
        RACES,
    ),
    Mutant(
        "where somebody has dragged another meeting counts as free",
        "agent/services/observe",
        "return replace(own, busy=busy,",
        "return replace(own, busy=read.busy,",
        RACES,
    ),
    Mutant(
        "a meeting stands in its own way",
        "agent/services/observe",
        "(each.relationship, each.number) != this]",
        "each.relationship]",
        LIFE,
    ),
    Mutant(
        "whoever is called off too late is taken in for good",
        "agent/services/take_in",
        "    if part_company(programme, now):\n",
        "    if part_company(programme, now) is not None:\n",
        PARTING,
    ),
    Mutant(
        "nobody looks twice for who lost their moment",
        "agent/services/take_in",
        "return text is not None and now - A_DAY < datetime.fromisoformat(text) <= now",
        "return text is not None",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "who joined after the backup is not looked up",
        "agent/services/take_in",
        "        recovery.doubt(tx, now)\n",
        "",
        RESTORE,
    ),
    Mutant(
        "files without anybody call everything off",
        "agent/services/part_company",
        "    if not programme.relationships:\n        return True\n",
        "",
        PARTING,
    ),
    Mutant(
        "a pair is called off before what was done for it since the backup is known",
        "agent/services/part_company",
        "        if stored.restored_at is not None:\n"
        '            raise Stale("what was done for it since a backup is looked up first")\n',
        "",
        RESTORE,
    ),
    Mutant(
        "mails of the time that was lost are sent again",
        "agent/services/recover",
        "    withheld = recovery.withhold(tx, name, gap, now)\n",
        "    withheld: list[Intent] = []\n",
        RESTORE,
    ),
    Mutant(
        "only the next meeting is looked for after a restore",
        "agent/services/recover",
        "    while nothing < AHEAD:\n",
        "    while number == state.number:\n",
        RESTORE,
    ),
)
