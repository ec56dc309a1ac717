"""People read one at a time are those that are read all at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.settings.load import Settings, load
from agent.settings.models import file_models
from agent.settings.values import Deployment, deployment
from agent.simulation.years.fate import WEATHERS, draw_history
from agent.wiring import connector_models
from agent.wiring import roster as compiled
from tests.settings.deployment_files import ATTUNE, PEOPLE, TEXTS, write

NOW = datetime(2027, 1, 4, tzinfo=UTC)


def drawn(home: Path, seed: int) -> str:
    """Write a folder of people made up by the simulator; JSON is YAML too. Give its people.yaml."""
    history = draw_history(seed, 12, 2, WEATHERS["heavy"], {})
    people = {"people": history.people, "pairs": history.pairs, "circles": history.circles}
    (home / "attune.yaml").write_text(ATTUNE, encoding="utf-8")
    (home / "policy.yaml").write_text(json.dumps(history.policy), encoding="utf-8")
    (home / "people.yaml").write_text(text := json.dumps(people, indent=1), encoding="utf-8")
    return text


def everything(found: Deployment) -> object:
    """All that is known of everybody."""
    ties = found.ties
    return (
        dict(found.people), dict(found.relationships), dict(found.calendars), dict(found.terms), dict(ties.owned),
        {name: ties.members(name) for name in found.relationships},
        {name: ties.bonds_of(name) for name in found.people},
        found.roster, found.longest_horizon,
    )  # fmt: skip


def by_roster(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(compiled, "SMALL", 0)
    return load(home, connector_models(), roster=compiled.roster_of(home))


@pytest.mark.parametrize("seed", range(4))
def test_people_read_one_by_one_are_those_read_all_at_once(tmp_path: Path, seed: int) -> None:
    whole = file_models(connector_models()).people.model_validate_json(drawn(tmp_path, seed))
    found = load(tmp_path, connector_models()).people
    for one_by_one, at_once in (
        (found.people, whole.people),
        (found.pairs, whole.pairs),
        (found.circles, whole.circles),
    ):
        assert [each.model_dump() for each in one_by_one] == [each.model_dump() for each in at_once]
    assert all(found.person(each.id).model_dump() == each.model_dump() for each in whole.people)


@pytest.mark.parametrize("seed", [*range(3), None])
def test_a_roster_that_was_kept_says_what_the_files_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int | None
) -> None:
    write(tmp_path) if seed is None else drawn(tmp_path, seed)
    kept = deployment(by_roster(tmp_path, monkeypatch), NOW)
    assert everything(kept) == everything(deployment(load(tmp_path, connector_models()), NOW))


def test_nobody_is_found_who_is_not_there(tmp_path: Path) -> None:
    found = deployment(load(write(tmp_path), connector_models()), NOW)
    assert "mentor-1" in found.people
    assert "mentor-1" not in found.relationships
    assert found.people.get("pair-1") is None
    assert found.relationships.get("mentor-1") is None
    assert (found.ties.members("mentor-1"), found.ties.bonds_of("pair-1")) == ((), ())


def test_a_warning_says_where_it_is_about_though_the_file_was_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.settings.notices import notices

    write(tmp_path)
    said = notices(load(tmp_path, connector_models()), NOW)
    assert said
    assert notices(by_roster(tmp_path, monkeypatch), NOW) == said


def test_no_label_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of boundaries are nobody's business, and nothing needs them."""
    write(tmp_path, ("people.yaml", "school run", "CANARY"))
    assert "CANARY" not in TEXTS["people.yaml"] + PEOPLE
    by_roster(tmp_path, monkeypatch)
    assert b"CANARY" not in (tmp_path / compiled.PLACE).read_bytes()
