"""From an invitation to a grant, and back: asked once, agreed to once, kept safe, taken back."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.services import revoke_consent
from agent.services.grant_consent import LASTS, LinkOver, invited
from agent.services.mind_grants import IDLE, PATIENCE
from agent.services.revoke_consent import There
from agent.services.rotate_keys import rotate, sealed_by
from agent.services.send_grant_mails import VALID, send_grant_mails
from agent.store import grants
from agent.vault import Key, NoKey, Vault, WrongKey
from connectors.errors import ConsentRevoked, OutcomeUnknown, Rejected, Temporary
from connectors.memory_provider import MemoryProvider
from connectors.oauth import Declined, Forged
from tests.mail import letters
from tests.services.granting import ACCOUNT, DAY, KEY, SCOPES, Granting, granting

NEWER = Key(bytes(range(1, 33)))


@pytest.fixture
def stage(tmp_path: Path) -> Granting:
    return granting(tmp_path)


def status(stage: Granting) -> str:
    with stage.store.look() as tx:
        found = grants.find(tx, "mentor-1", "google")
    assert found is not None
    return found.status


def events(stage: Granting) -> list[str]:
    return [entry.event for entry in stage.journal()]


class Remembering(MemoryProvider):
    """A provider whose secret holds, beside the token, something that is ours there."""

    def carried(self, before: bytes, payload: bytes) -> bytes:
        return payload + b"\n" + before.partition(b"\n")[2]


# Asking


def test_an_invitation_leads_to_a_grant(stage: Granting) -> None:
    given = stage.grant()
    assert (given.person, given.withheld) == ("mentor-1", frozenset())
    assert stage.provider.holds(ACCOUNT)
    assert stage.keep().read().payload.startswith(b"token-")
    assert events(stage) == ["grant-mail-sent", "granted"]


def test_a_new_grant_keeps_what_the_one_before_held_besides_access(stage: Granting) -> None:
    """Forgotten, it would seem as if somebody had deleted every meeting in the calendar that is ours there."""
    stage.provider = Remembering()
    stage.grant()
    seen = stage.keep().read()
    stage.keep().write(seen.payload.partition(b"\n")[0] + b"\nour calendar", seen.version)
    stage.grant()
    token, _, ours = stage.keep().read().payload.partition(b"\n")
    assert ours == b"our calendar"
    assert token != seen.payload


def test_what_somebody_did_not_tick_is_told(stage: Granting) -> None:
    assert stage.grant(SCOPES - {"email"}).withheld == {"email"}


def test_whoever_is_invited_twice_while_the_mail_waits_gets_one(stage: Granting) -> None:
    stage.clock.instant += timedelta(hours=12)
    stage.invite("mentor-1")
    stage.invite("mentor-1")
    assert not stage.asking()
    stage.clock.instant += timedelta(hours=12)
    stage.sweep()
    assert len(stage.asking()) == 1


def test_whoever_is_invited_again_later_gets_another(stage: Granting) -> None:
    stage.invite()
    first = stage.token()
    stage.invite()
    assert len({str(mail["Message-ID"]) for mail in stage.asking()}) == 2
    assert invited(stage.programme(), first).id == invited(stage.programme(), stage.token()).id == "mentor-1"


def test_a_lost_answer_sends_the_same_mail_once_more_and_then_no_more(stage: Granting) -> None:
    stage.sender.faults.fail(OutcomeUnknown("lost"), after=True, times=2)
    stage.invite()
    for _ in range(5):
        stage.clock.instant += timedelta(minutes=5)
        send_grant_mails(stage.programme())
    assert [str(mail["Message-ID"]) for mail in stage.asking()] == [str(stage.asking()[0]["Message-ID"])] * 2
    assert events(stage) == ["grant-mail-not-sent"]


def test_a_mail_server_that_is_away_is_tried_again(stage: Granting) -> None:
    stage.sender.faults.fail(Temporary("away"))
    stage.invite()
    assert not stage.asking()
    stage.clock.instant += timedelta(minutes=5)
    stage.sweep()
    assert len(stage.asking()) == 1


def test_a_mail_that_is_refused_for_good_is_set_aside(stage: Granting) -> None:
    stage.sender.faults.fail(Rejected("no such mailbox"))
    stage.invite()
    stage.clock.instant += DAY
    stage.sweep()
    assert not stage.asking()
    assert events(stage)[0] == "grant-mail-not-sent"


def test_a_mail_waits_until_there_are_pages_to_lead_to(stage: Granting) -> None:
    stage.web = None
    stage.invite()
    stage.web = "https://attune.northwind.example"
    stage.clock.instant += timedelta(hours=1)
    stage.sweep()
    assert len(stage.asking()) == 1


def test_whoever_granted_meanwhile_is_not_asked(stage: Granting) -> None:
    stage.invite()
    stage.clock.instant += timedelta(hours=12)
    stage.invite()
    stage.come_back(stage.provider.agree(stage.leave(), ACCOUNT))
    stage.clock.instant += DAY
    stage.sweep()
    assert len(stage.asking()) == 1


# Links and answers


def test_a_link_ends_with_the_grant_and_not_before(stage: Granting) -> None:
    stage.invite()
    token = stage.token()
    with pytest.raises(Declined):
        stage.come_back(stage.provider.decline(stage.leave(token)))
    stage.come_back(stage.provider.agree(stage.leave(token), ACCOUNT))
    with pytest.raises(LinkOver):
        stage.leave(token)


def test_a_link_is_over_after_two_weeks(stage: Granting) -> None:
    stage.invite()
    stage.clock.instant += VALID
    with pytest.raises(LinkOver):
        invited(stage.programme(), stage.token())


def test_a_made_up_link_leads_nowhere(stage: Granting) -> None:
    with pytest.raises(LinkOver):
        stage.leave("made-up")


def test_an_answer_counts_once(stage: Granting) -> None:
    """Whoever finds an answer in a browser's history must not be able to use it."""
    stage.invite()
    answer = stage.provider.agree(stage.leave(), ACCOUNT)
    stage.come_back(answer)
    with pytest.raises(Forged):
        stage.come_back(answer)


def test_an_answer_that_nobody_waits_for_counts_for_nothing(stage: Granting) -> None:
    stage.invite()
    answer = stage.provider.agree(stage.leave(), ACCOUNT)
    with pytest.raises(Forged):
        stage.come_back(answer | {"state": "another"})
    with pytest.raises(Forged):
        stage.come_back({})


def test_an_answer_that_comes_too_late_counts_for_nothing(stage: Granting) -> None:
    stage.invite()
    answer = stage.provider.agree(stage.leave(), ACCOUNT)
    stage.clock.instant += LASTS
    with pytest.raises(Forged):
        stage.come_back(answer)


def test_without_a_key_nobody_is_asked_to_agree_to_what_could_not_be_kept(stage: Granting) -> None:
    stage.invite()
    stage.keys = ()
    with pytest.raises(NoKey):
        stage.leave()


# Where it stops working


def test_a_grant_that_is_refused_is_told_once_and_called_no_more(stage: Granting) -> None:
    stage.grant()
    stage.provider.end(ACCOUNT)
    for _ in range(3):
        with pytest.raises(ConsentRevoked):
            stage.provider.refresh(stage.keep())
    for _ in range(4):
        stage.sweep()
        stage.clock.instant += DAY
    assert stage.provider.refreshed == 0
    assert [str(mail["Subject"]) for mail in stage.asking()[1:]] == ["Attune needs your consent again"]
    assert "Google" in letters.text(stage.asking()[-1])


def test_work_goes_on_with_the_new_grant(stage: Granting) -> None:
    stage.grant()
    stage.provider.end(ACCOUNT)
    with pytest.raises(ConsentRevoked):
        stage.provider.refresh(stage.keep())
    stage.sweep()
    stage.come_back(stage.provider.agree(stage.leave(), ACCOUNT))
    assert status(stage) == grants.WORKING
    assert stage.provider.refresh(stage.keep()).startswith("token-")


def test_what_a_calendar_refused_meanwhile_is_done_at_once_after_the_new_grant(stage: Granting) -> None:
    """Nothing is lost: the meeting that could not be written is, and no hour is waited for it."""
    stage.grant()
    stage.calendars["mentor-1"].faults.fail(ConsentRevoked("refused"), on="create", times=99)
    stage.sweep()
    assert not stage.events("mentor-1")
    stage.calendars["mentor-1"].faults.mend()
    stage.sweep()
    assert not stage.events("mentor-1")
    stage.grant()
    stage.sweep()
    assert stage.events("mentor-1")


def test_the_administrator_hears_of_it_after_a_week_once(stage: Granting) -> None:
    stage.grant()
    stage.provider.end(ACCOUNT)
    with pytest.raises(ConsentRevoked):
        stage.provider.refresh(stage.keep())

    def reported() -> bool:
        stage.sweep()
        with stage.store.look() as tx:
            found = grants.find(tx, "mentor-1", "google")
        return found is not None and found.reported_at is not None

    stage.clock.instant += PATIENCE - DAY
    assert not reported()
    stage.clock.instant += 2 * DAY
    assert reported()


def test_a_grant_that_nobody_used_for_six_months_is_asked_for_again(stage: Granting) -> None:
    stage.grant()
    stage.clock.instant += IDLE - DAY
    stage.sweep()
    assert status(stage) == grants.WORKING
    stage.clock.instant += 3 * DAY
    stage.sweep()
    assert status(stage) == grants.NEEDS_CONSENT
    assert len(stage.asking()) == 2


# Taking it back


def test_a_grant_is_taken_back_at_the_provider_and_here(stage: Granting) -> None:
    stage.grant()
    (grant,) = revoke_consent.given_by(stage.programme(), "mentor-1")
    assert revoke_consent.revoke(stage.programme(), grant).there is There.WITHDRAWN
    assert not stage.provider.holds(ACCOUNT)
    assert status(stage) == grants.REVOKED
    assert not revoke_consent.given_by(stage.programme(), "mentor-1")


def test_what_the_provider_does_not_know_any_more_is_forgotten_here(stage: Granting) -> None:
    stage.grant()
    stage.provider.end(ACCOUNT)
    (grant,) = revoke_consent.given_by(stage.programme(), "mentor-1")
    assert revoke_consent.revoke(stage.programme(), grant).there is There.GONE


def test_where_a_provider_has_no_way_to_the_person_must(stage: Granting) -> None:
    stage.grant()
    stage.provider.can_withdraw = False
    (grant,) = revoke_consent.given_by(stage.programme(), "mentor-1")
    assert revoke_consent.revoke(stage.programme(), grant).there is There.BY_HAND


def test_without_its_key_a_grant_stays_until_it_is_to_be_forgotten_here_only(stage: Granting) -> None:
    stage.grant()
    stage.keys = (NEWER,)
    (grant,) = revoke_consent.given_by(stage.programme(), "mentor-1")
    with pytest.raises(WrongKey):
        revoke_consent.revoke(stage.programme(), grant)
    assert status(stage) == grants.WORKING
    revoke_consent.revoke(stage.programme(), grant, here_only=True)
    assert status(stage) == grants.REVOKED


# Keys


def test_after_a_rotation_the_old_key_is_not_needed(stage: Granting) -> None:
    stage.grant()
    stage.keys = (NEWER, KEY)
    rotated = rotate(stage.store, stage.vault)
    assert (rotated.done, rotated.free) == (1, (KEY.name,))
    assert sealed_by(stage.store) == {NEWER.name: 1}
    stage.keys = (NEWER,)
    assert stage.keep().read().payload.startswith(b"token-")


def test_a_rotation_without_the_old_key_changes_nothing(stage: Granting) -> None:
    stage.grant()
    with pytest.raises(WrongKey):
        rotate(stage.store, Vault(lambda: (NEWER,)))
    assert stage.keep().read().payload.startswith(b"token-")


# Stolen


def test_a_stolen_store_shows_who_has_a_grant_and_how_it_stands_and_nothing_else(stage: Granting) -> None:
    """docs/operating.md, “What a stolen store shows”, says the same in words."""
    stage.grant(SCOPES - {"email"})
    secret = stage.keep().read().payload.decode()
    stage.invite()
    token = stage.token()
    asked = parse_qs(urlsplit(stage.leave(token)).query)
    private = [ACCOUNT, secret, token, asked["state"][0], asked["challenge"][0]]
    stage.store.close()
    stolen = b"".join(path.read_bytes() for path in stage.home.glob("attune.db*"))
    found = [each for each in private if each.encode() in stolen or each.encode("utf-16-le") in stolen]
    assert not found
    with sqlite3.connect(stage.home / "attune.db") as opened:
        columns = {row[1] for row in opened.execute("PRAGMA table_info(grants)")}
        row = opened.execute("SELECT person, provider, status, asked, granted FROM grants").fetchone()
        opaque = opened.execute("SELECT account, secret FROM grants").fetchone()
        (memory,) = opened.execute("SELECT memory FROM consents").fetchone()
    opened.close()
    assert row == ("mentor-1", "google", "working", "calendar.freebusy email openid", "calendar.freebusy openid")
    assert columns == {
        "person", "provider", "status", "version", "account", "secret", "asked", "granted", "given_at", "used_at",
        "renewed_at", "failed_at", "reported_at",
    }  # fmt: skip
    assert all(each.startswith(f"v1.{KEY.name}.") for each in (*opaque, memory))
