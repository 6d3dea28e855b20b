"""Evidence -> Verdict: the outcome, why, how firmly it stands, and what would change it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from curation.readiness.gates.reading import reading_of
from curation.readiness.gates.walk import walk
from curation.readiness.rules import Policy
from curation.readiness.verdict.flips import nearest_flip
from curation.readiness.verdict.next_step import next_step
from curation.readiness.verdict.reasons import reasons
from curation.readiness.verdict.sentences import headline
from curation.readiness.verdict.stability import draw
from curation.records import Evidence, Verdict
from curation.records.context import Context


def judge(evidence: Iterable[Evidence], context: Context, policy: Policy, dataset: str, seed: int) -> Verdict:
    """The verdict on this evidence; `dataset` is the dataset's digest. The same arguments give the same verdict."""
    found = tuple(evidence)
    reading = reading_of(found, context, policy)
    stop = walk(reading)
    provisional = not reading.prompts
    draws = draw(reading, seed)
    shares = draws.shares()
    why = reasons(reading, stop, provisional)
    return Verdict(
        outcome=stop.outcome,
        provisional=provisional,
        headline=headline(reading, stop),
        reasons=tuple(one.text for one in why),
        grounds=tuple(one.ground for one in why),
        gate=stop.gate,
        stability={**shares, stop.outcome: shares.get(stop.outcome, 0.0)},
        nearest_flip=nearest_flip(reading, stop.outcome),
        next_step=next_step(reading, stop, draws),
        evidence=found,
        coverage=_coverage(found),
        policy=policy.digest,
        dataset=dataset,
        seed=seed,
    )


def _coverage(found: Sequence[Evidence]) -> dict[str, int]:
    counts = Counter(item.kind if item.value is not None else item.status for item in found)
    return {key: counts[key] for key in ("counted", "measured", "declared", "estimated", "missing", "not_applicable")}
