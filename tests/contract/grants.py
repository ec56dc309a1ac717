"""What must hold of grants in whichever database; ``tests/store`` runs this for each."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from agent.clock import RehearsalClock
from agent.services.keep_grants import Keeps, about
from agent.store import grants
from agent.store.engine import Store, open_store
from agent.store.grants import Sealed
from agent.vault import Key, NoKey, Vault
from connectors.errors import ConsentRevoked, Temporary
from connectors.oauth import Keep
from tests.factories import NOW

KEY, NEWER = Key(bytes(range(32))), Key(bytes(range(1, 33)))
TURNS = 10


def keeps(store: Store, *keys: Key) -> Keeps:
    return Keeps(store, Vault(lambda: keys or (KEY,)), RehearsalClock(NOW))


def granted(store: Store, payload: bytes = b"refresh-0", *, person: str = "mentor-1", provider: str = "google") -> Keep:
    """A person's grant, and its keep."""
    vault = Vault(lambda: (KEY,))
    secret = vault.seal(payload, about(person, provider, "secret"))
    account = vault.seal(b"someone@example.org", about(person, provider, "account"))
    scopes = frozenset({"openid", "calendar.freebusy"})
    with store.begin() as tx:
        grants.give(tx, person, provider, Sealed(account, secret, scopes, scopes - {"openid"}), NOW)
    return keeps(store).of(person, provider)


def turn(keep: Keep) -> int:
    """Renew a token as a provider with rotation has it: each may be used once. Gives how often another was first."""
    beaten = 0
    for _ in range(TURNS):
        while True:
            seen = keep.read()
            if keep.write(f"refresh-{int(seen.payload.split(b'-')[1]) + 1}".encode(), seen.version):
                break
            beaten += 1
    return beaten


def turn_elsewhere(url: str) -> None:
    """The same in a process of its own."""
    with closing(open_store(url)) as store:
        turn(keeps(store).of("mentor-1", "google"))


class GrantContract:
    """Inherit it and give a ``url`` fixture: the address of an empty database."""

    def test_a_secret_comes_back_with_its_version(self, store: Store) -> None:
        assert granted(store).read().payload == b"refresh-0"
        assert granted(store).read().version == 2

    def test_what_was_asked_and_ticked_is_kept(self, store: Store) -> None:
        granted(store)
        with store.look() as tx:
            found = grants.find(tx, "mentor-1", "google")
        assert found is not None
        assert (found.asked - found.granted, found.status) == (frozenset({"openid"}), grants.WORKING)

    def test_of_two_who_renew_the_same_secret_one_learns_that_the_other_was_first(self, store: Store) -> None:
        keep = granted(store)
        seen = keep.read().version
        assert keep.write(b"refresh-1", seen)
        assert not keep.write(b"refresh-2", seen)
        assert keep.read().payload == b"refresh-1"

    def test_what_threads_renew_at_once_is_never_lost(self, store: Store) -> None:
        """A refresh token that is overwritten by an older one locks a person out."""
        keep = granted(store)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: turn(keep), range(4)))
        assert keep.read().payload == f"refresh-{4 * TURNS}".encode()
        assert keep.read().version == 1 + 4 * TURNS

    def test_what_processes_renew_at_once_is_never_lost(self, store: Store, url: str) -> None:
        keep, spawn = granted(store), multiprocessing.get_context("spawn")
        workers = [spawn.Process(target=turn_elsewhere, args=(url,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]
        assert keep.read().payload == f"refresh-{2 * TURNS}".encode()

    def test_a_grant_that_was_refused_is_not_used_again(self, store: Store) -> None:
        keep = granted(store)
        keep.broken(keep.read().version)
        with pytest.raises(ConsentRevoked, match="needs their consent"):
            keep.read()
        assert not keep.write(b"refresh-1", 1)

    def test_a_refusal_of_what_was_replaced_means_nothing(self, store: Store) -> None:
        keep = granted(store)
        seen = keep.read().version
        keep.write(b"refresh-1", seen)
        keep.broken(seen)
        assert keep.read().payload == b"refresh-1"

    def test_a_new_grant_works_again_and_old_versions_stay_old(self, store: Store) -> None:
        keep = granted(store)
        seen = keep.read().version
        keep.broken(seen)
        granted(store, b"refresh-9")
        keep.broken(seen)
        assert not keep.write(b"refresh-1", seen)
        assert keep.read().payload == b"refresh-9"

    def test_nobody_has_a_grant_before_they_gave_one(self, store: Store) -> None:
        granted(store)
        with pytest.raises(ConsentRevoked, match="has granted no access"):
            keeps(store).of("mentor-1", "microsoft").read()

    def test_without_its_key_a_grant_waits_and_stays(self, store: Store) -> None:
        granted(store)
        with pytest.raises(Temporary, match=f"key {KEY.name}"):
            keeps(store, NEWER).of("mentor-1", "google").read()
        assert keeps(store, NEWER, KEY).of("mentor-1", "google").read().payload == b"refresh-0"

    def test_with_no_key_at_all_a_grant_waits_too(self, store: Store) -> None:
        granted(store)

        def none() -> tuple[Key, ...]:
            raise NoKey("there is no key")

        with pytest.raises(Temporary, match="there is no key"):
            Keeps(store, Vault(none), RehearsalClock(NOW)).of("mentor-1", "google").read()

    def test_a_secret_moved_to_somebody_else_does_not_open(self, store: Store) -> None:
        """Who can write the database must not be able to read one person's calendar as another."""
        granted(store)
        granted(store, b"other-0", person="mentee-1")
        with store.begin() as tx:
            found = grants.find(tx, "mentor-1", "google")
            theirs = grants.find(tx, "mentee-1", "google")
            assert found is not None
            assert theirs is not None
            grants.reseal(tx, theirs, theirs.account, found.secret)
        with pytest.raises(Temporary, match="changed, or moved"):
            keeps(store).of("mentee-1", "google").read()

    def test_a_revoked_grant_leaves_no_secret(self, store: Store) -> None:
        keep = granted(store)
        with store.begin() as tx:
            assert grants.revoke(tx, "mentor-1", "google", NOW)
            assert not grants.revoke(tx, "mentor-1", "google", NOW)
            found = grants.find(tx, "mentor-1", "google")
        assert found is not None
        assert (found.secret, found.account, found.status) == (None, None, grants.REVOKED)
        with pytest.raises(ConsentRevoked):
            keep.read()

    def test_use_is_noted_once_a_day_and_months_without_it_are_found(self, store: Store) -> None:
        granted(store)
        with store.look() as tx:
            assert not grants.idle(tx, NOW)
            assert [each.person for each in grants.idle(tx, NOW + timedelta(seconds=1))] == ["mentor-1"]
        later = NOW + timedelta(days=40)
        Keeps(store, Vault(lambda: (KEY,)), RehearsalClock(later)).of("mentor-1", "google").read()
        with store.look() as tx:
            assert not grants.idle(tx, later)
