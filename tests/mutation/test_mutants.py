"""The mutants fit the program as it is now, and the runner tells a mistake that is noticed from one that is not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.mutation.mutant import Mutant
from tests.mutation.run import MUTANTS, ROOT, caught_by, copy_of, judged, mutated, source

HARMLESS = ("imbalance is rewarded", "a relationship that is done with stays held")
SAMPLE = tuple(m for m in MUTANTS if m.name in {"imbalance is rewarded", "neighbours stay two spans"})


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_the_program_as_it_is_now(mutant: Mutant) -> None:
    """Its text is found once, what comes of it is still Python, and its tests exist."""
    changed = mutated(source(ROOT, mutant).read_text(encoding="utf-8"), mutant)
    compile(changed, mutant.module, "exec")
    assert mutant.new != mutant.old
    assert all((ROOT / test).is_file() for test in mutant.test_paths)


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    assert len(MUTANTS) >= 30
    assert Counter(m.name for m in MUTANTS).most_common(1)[0][1] == 1
    assert len({(m.module, m.old, m.new) for m in MUTANTS}) == len(MUTANTS)


def test_a_sample_is_caught_in_a_copy_and_the_tree_stays_as_it_was() -> None:
    before = {mutant: source(ROOT, mutant).read_text(encoding="utf-8") for mutant in SAMPLE}
    caught = dict(judged(SAMPLE, 2))
    assert caught.keys() == set(SAMPLE)
    assert all(test and test.split("::")[0] in mutant.test_paths for mutant, test in caught.items())
    assert {mutant: source(ROOT, mutant).read_text(encoding="utf-8") for mutant in SAMPLE} == before


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_changes_nothing_is_not_caught(name: str) -> None:
    """Else a runner whose tests all fail for some other reason would count every mutant as caught."""
    (mutant,) = (each for each in MUTANTS if each.name == name)
    harmless = replace(mutant, name="harmless", new=f"{mutant.old.rstrip()}  # and nothing else\n")
    with copy_of(ROOT) as tree:
        assert not caught_by(harmless, tree)


def test_a_mutant_that_no_longer_fits_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 times in burden"):
        mutated("", SAMPLE[0] if SAMPLE[0].module == "burden" else SAMPLE[1])
