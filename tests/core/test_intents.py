"""An intent's key is what keeps an effect from happening twice, so it must never change its mind."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.invitations import Attendee
from agent.core.observation import Answer
from agent.core.relationships import meeting_uid
from tests.factories import NOW, circle, pair, person

WORDS = st.text(max_size=8)
INTENTS = st.builds(
    Intent,
    WORDS,
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(IntentKind),
    WORDS,
    st.just(NOW),
    st.none() | st.sampled_from(MailKind),
)


def test_keys_and_uids_stay_what_they_were_in_the_first_release() -> None:
    """Were they to change, an upgrade would book every meeting again."""
    booking = Intent("pair-1", 1, 0, IntentKind.WRITE_EVENT, "mentor-1", NOW)
    mail = replace(booking, kind=IntentKind.SEND_MAIL, mail=MailKind.AGENDA)
    assert booking.key == "8b804796db8a22563cdf5d576debd09c"
    assert mail.key == "61fc084d959b21e0577a8af13ceb1180"
    assert meeting_uid("pair-1", 1) == "f7bdb8bf7d49742b9795d2516207e05d@attune"


@given(INTENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_when_it_may_be_done_is_no_part_of_its_key(intent: Intent, later: timedelta) -> None:
    assert replace(intent, not_before=NOW + later, expires=NOW + 2 * later).key == intent.key


@given(st.lists(INTENTS, max_size=6))
def test_different_intents_have_different_keys(intents: list[Intent]) -> None:
    for one, other in itertools.combinations(intents, 2):
        assert (one == other) == (one.key == other.key)


@given(st.tuples(WORDS, st.integers(1, 99)), st.tuples(WORDS, st.integers(1, 99)))
def test_each_meeting_has_its_own_uid(one: tuple[str, int], other: tuple[str, int]) -> None:
    assert (one == other) == (meeting_uid(*one) == meeting_uid(*other))


def test_an_attendee_has_not_answered_until_they_do() -> None:
    assert Attendee("Example Mentor", "mentor-1@northwind.example").answer is Answer.NONE


def test_a_circle_is_one_mentor_with_several_mentees() -> None:
    three = circle(person("mentor-1"), person("mentee-1"), person("mentee-2"))
    assert three.is_circle
    assert not pair().is_circle
    assert [p.id for p in three.people] == ["mentor-1", "mentee-1", "mentee-2"]
