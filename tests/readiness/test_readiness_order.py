"""Evidence stands on its own: no figure depends on the order of the policy, nor on which other items there are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from readiness_scenarios import Scenario, context, few_shot, label_noise, questions, text_checks

from curation.errors import CurationError
from curation.readiness import assess, judge, load_policy, stored_verdict
from curation.readiness.evidence import Figure, evidence, rated
from curation.readiness.policy import Rule
from curation.readiness.rules import Policy
from curation.readiness.study import Study
from curation.records import CheckRun, Evidence, Facts, Verdict
from curation.records.context import Context
from curation.records.progress import Progress
from curation.registry import Registry, left_out

BUILT_IN = load_policy()
POLICY = replace(BUILT_IN, draws=200, resamples=50)
STORIES = [
    {
        "input": f"tell me of topic{n % 40} part{n}",
        "output": f"topic{n % 40} is fine and part{n} too in {1990 + n % 30}",
    }
    for n in range(120)
]
SETS = {
    "labels": Scenario("", questions(5, 24), context(0.88, few_shot(0.70, 150)), (label_noise(0.17),)),
    "labels, nothing measured": Scenario("", questions(5, 24), Context(), (label_noise(0.06),)),
    "free text": Scenario("", STORIES, context(0.8, few_shot(0.6, 100), task={"metric": "judged"}), text_checks()),
}
Item = Callable[[Study, Progress], Evidence]


@pytest.fixture(params=SETS.values(), ids=SETS.keys())
def facts(request: pytest.FixtureRequest) -> Facts:
    scenario: Scenario = request.param
    return scenario.facts()


@pytest.fixture
def added() -> Iterator[Callable[[str, Item, Sequence[str]], Policy]]:
    """Registers an evidence item for one test; gives the policy that has a table for it."""
    ids: list[str] = []

    def add(id: str, function: Item, needs: Sequence[str] = ()) -> Policy:
        evidence(id, "Only shown", needs=needs)(function)
        ids.append(id)
        return replace(POLICY, items={id: Rule(id, "share", source="made for a test"), **POLICY.items})

    evidence.all()
    yield add
    for id in ids:
        evidence._plugins.pop(id)


def judged(facts: Facts, policy: Policy) -> Verdict:
    return judge(assess(facts, policy), facts.context, policy, "digest", facts.seed)


@pytest.mark.parametrize("seed", [0, 1])
def test_moving_the_tables_of_the_policy_changes_nothing(facts: Facts, seed: int) -> None:
    names = np.random.default_rng(seed).permutation(list(POLICY.items)) if seed else reversed(POLICY.items)
    moved = replace(POLICY, items={str(name): POLICY.items[str(name)] for name in names})
    assert list(moved.items) != list(POLICY.items)
    first, second = judged(facts, POLICY), judged(facts, moved)
    assert first == second
    as_shown = stored_verdict(first, facts.context, POLICY), stored_verdict(second, facts.context, moved)
    assert as_shown[0] == as_shown[1]


def test_the_room_is_what_wrong_labels_leave_wherever_its_table_stands() -> None:
    audit = {"reviewed": 100, "wrong": 17, "noise_rate": {"value": 0.17, "low": 0.12, "high": 0.24}}
    labels = SETS["labels"]
    facts = replace(labels, runs=(*labels.runs, CheckRun("audit", "done", summary=audit))).facts()
    first = {"headroom": POLICY.items["headroom"], **POLICY.items}
    found = {item.id: item for item in assess(facts, replace(POLICY, items=first))}
    assert found["headroom"].value == pytest.approx(0.83 - 0.70)


def test_an_item_that_is_only_shown_moves_no_other_figure(
    facts: Facts, added: Callable[[str, Item, Sequence[str]], Policy]
) -> None:
    before = judged(facts, POLICY)

    def lottery(study: Study, progress: Progress) -> Evidence:
        low, value, high = np.sort(study.generator("a_lottery").random(3))
        return rated(study, "a_lottery", Figure((value, low, high), "drawn by lot"))

    after = judged(facts, added("a_lottery", lottery, ()))
    assert [item for item in after.evidence if item.id != "a_lottery"] == list(before.evidence)
    assert next(item for item in after.evidence if item.id == "a_lottery").value is not None
    assert after.stability == before.stability
    assert replace(after, evidence=before.evidence, coverage=before.coverage) == before


def test_an_item_sees_the_items_it_needs_and_no_others(
    added: Callable[[str, Item, Sequence[str]], Policy],
) -> None:
    seen: list[set[str]] = []

    def curious(study: Study, progress: Progress) -> Evidence:
        seen.append(set(study.found))
        return rated(study, "a_curious_one", Figure((0, 0, 0), "looked around"))

    policy = added("a_curious_one", curious, ("volatility", "headroom"))
    assess(SETS["labels"].facts(), policy)
    assert seen == [{"volatility", "headroom"}]


def test_an_item_without_a_table_in_the_policy_is_named(
    added: Callable[[str, Item, Sequence[str]], Policy],
) -> None:
    added("a_stray", lambda study, progress: rated(study, "a_stray", Figure((0, 0, 0), "")), ())
    with pytest.raises(CurationError, match=r"'a_stray' has no table \[items.a_stray\]"):
        assess(SETS["labels"].facts(), POLICY)


def plugins(module: str = "curation", **needs: tuple[str, ...]) -> Registry[Callable[[], None]]:
    """A registry with plug-ins of these names and needs, as if they stood in the module."""
    registry: Registry[Callable[[], None]] = Registry("readiness_scenarios", "evidence")
    registry._found = True  # a registry of a test's own: there is no package to import
    for name, wanted in needs.items():

        def function() -> None:
            """Nothing."""

        function.__module__ = module
        registry(name, name, needs=wanted)(function)
    return registry


def test_plugins_come_behind_what_they_need_and_by_name_otherwise() -> None:
    registry = plugins(a=("z",), b=(), c=("a", "b"), z=("y",), y=())
    assert list(registry.ordered()) == ["b", "y", "z", "a", "c"]
    assert list(registry.all()) == ["a", "b", "c", "y", "z"]


def test_a_need_that_is_not_there_and_a_circle_are_named() -> None:
    with pytest.raises(CurationError, match="'a' needs 'nowhere'"):
        plugins(a=("nowhere",)).ordered()
    with pytest.raises(CurationError, match="need each other") as circle:
        plugins(a=("b",), b=("c",), c=("a",), d=()).ordered()
    assert "'a' needs 'b'" in str(circle.value)
    assert "'d'" not in str(circle.value)


def test_plugins_of_another_package_without_their_needs_or_in_a_circle_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curation.registry._left_out", {})
    registry = plugins(__name__, a=("nowhere",), b=("c",), c=("b",), d=())
    order = list(registry.ordered())
    assert order == ["d"]
    assert any("'a' needs 'nowhere', which is no plug-in there" in sentence for sentence in left_out())
