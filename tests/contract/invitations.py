"""What must hold of links, consents under way and the mails that ask for them; ``tests/store`` runs this for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from agent.store import consents, grant_mails, links
from agent.store.consents import Begun
from agent.store.engine import Store
from agent.store.grant_mails import DROPPED, SENT, Order
from tests.factories import NOW

LEASE = timedelta(minutes=2)
HOUR = timedelta(hours=1)
BEGUN = Begun("link", "mentor-1", "google", "sealed", NOW + HOUR)


def ordered(store: Store) -> None:
    with store.begin() as tx:
        assert grant_mails.ask_again(tx, "mentor-1", "google", 3, NOW)


def claimed(store: Store, minutes: int = 0) -> Order | None:
    with store.begin() as tx:
        return grant_mails.claim(tx, NOW + timedelta(minutes=minutes), LEASE)


class InvitationContract:
    """Inherit it and give a ``url`` fixture: the address of an empty database."""

    def test_of_a_link_only_its_holder_knows_the_token(self, store: Store) -> None:
        with store.begin() as tx:
            links.add(tx, "token", "mentor-1", links.GRANT, NOW, NOW + HOUR)
            found = links.find(tx, "token", links.GRANT, NOW)
        assert found is not None
        assert (found.person, found.expires) == ("mentor-1", NOW + HOUR)
        assert "token" not in found.digest

    def test_a_link_is_for_one_purpose_once_and_in_time(self, store: Store) -> None:
        with store.begin() as tx:
            links.add(tx, "token", "mentor-1", links.GRANT, NOW, NOW + HOUR)
            assert links.find(tx, "token", "boundaries", NOW) is None
            assert links.find(tx, "token", links.GRANT, NOW + HOUR) is None
            links.use(tx, "mentor-1", links.GRANT, NOW)
            assert links.find(tx, "token", links.GRANT, NOW) is None
            assert links.forget(tx, NOW + 2 * HOUR) == 1

    def test_a_consent_under_way_is_taken_once_whoever_comes_back_at_once(self, store: Store) -> None:
        with store.begin() as tx:
            consents.begin(tx, "state", BEGUN)

        def take(_: int) -> Begun | None:
            with store.begin() as tx:
                return consents.take(tx, "state", NOW)

        with ThreadPoolExecutor(4) as pool:
            assert [each for each in pool.map(take, range(4)) if each] == [BEGUN]

    def test_a_consent_that_took_too_long_is_over_and_forgotten(self, store: Store) -> None:
        with store.begin() as tx:
            consents.begin(tx, "late", BEGUN)
            assert consents.take(tx, "late", NOW + HOUR) is None
            assert consents.take(tx, "late", NOW) is None

    def test_a_mail_about_the_same_is_ordered_once(self, store: Store) -> None:
        ordered(store)
        with store.begin() as tx:
            assert not grant_mails.ask_again(tx, "mentor-1", "google", 3, NOW + HOUR)
            assert grant_mails.ask_again(tx, "mentor-1", "google", 4, NOW + HOUR)

    def test_a_mail_is_begun_by_one_whoever_asks_at_once(self, store: Store) -> None:
        ordered(store)
        with ThreadPoolExecutor(4) as pool:
            assert len([each for each in pool.map(lambda _: claimed(store), range(4)) if each]) == 1

    def test_a_mail_that_a_dead_process_had_begun_may_have_been_sent(self, store: Store) -> None:
        ordered(store)
        assert claimed(store) is not None
        assert claimed(store, 1) is None
        again = claimed(store, 3)
        assert again is not None
        assert (again.lost, again.attempts) == (1, 2)

    def test_what_somebody_wrote_down_too_late_changes_nothing(self, store: Store) -> None:
        ordered(store)
        late = claimed(store)
        holder = claimed(store, 3)
        assert late is not None
        assert holder is not None
        with store.begin() as tx:
            assert not grant_mails.finish(tx, late, DROPPED, NOW)
            assert not grant_mails.put_off(tx, late, NOW, "late")
            assert grant_mails.finish(tx, holder, SENT, NOW)
            assert grant_mails.told(tx) == {"mentor-1": NOW}
