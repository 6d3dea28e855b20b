"""How often the audit's interval holds the true share of wrong answers where a model has read the rows, and how wide.

    python benchmarks/model_review.py
    python benchmarks/model_review.py --audits 200 --only models

A cell is `--audits` simulated audits of a set of `--rows` rows, over 20 shares of wrong answers within 20 % of the
nominal one, since coverage of counts jumps from rate to rate. In each a model reads the rows anew, strata and
allocation are the product's, the people's answers are the truth, the interval is the product's. `covers` is the
share of 90 % intervals that hold the truth, `width` their mean width, `plain` that of as many rows drawn plainly at
random with Wilson's interval. A model `.9 / .98` calls 90 % of the wrong answers wrong and 98 % of the right ones
right.

The whole takes about six minutes of one core.

- `models`: four models that know something.
- `useless`: models that know nothing, call everything right or wrong, or change their mind; the width is to stay within
  1.1 of plain.
- `rules`: a model crossed with a rule's suspicion, through the whole of `draw` and `estimate`; where only a part is
  read, all suspects are.
- `quality`: the share of wrong answers and the model's own shares (what it finds, its false alarms, how often it is
  right when it says wrong) in sets of 300 to 5,000 rows that stay the same while they are audited again and again.
- `arms`: two arms judged by a model on all held-out rows and by people on some: score and paired difference.
- `pull`: reviewers who follow suggestions, see `curation/review/audit/suggestions.py`.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.measure.judged import Marks, difference, score
from curation.records import FINDINGS_SCHEMA, Findings, ReadAs
from curation.review.audit.draw import Answer, Draw, allocate, draw
from curation.review.audit.estimate import estimate
from curation.review.audit.quality import quality, rate_of
from curation.review.audit.readings import Readings
from curation.review.suggestions import Decided, is_blind, pull
from curation.sampling.finite import Looked, drawn
from curation.sampling.intervals import Interval, stratified

MODELS = ((0.5, 0.95), (0.7, 0.97), (0.9, 0.98), (0.95, 0.995))
RATES = (0.02, 0.05, 0.10, 0.20)
SIZES = (60, 100, 200)
NEAR = np.linspace(0.8, 1.2, 20)
PART = 5
"""One row in so many is read where only a part is."""
DRAWS = 1000
"""For each end of an interval: a quarter of the product's, which moves an end by a twenty-fifth of its width."""
ENDS_HELD, ENDS_LEAST, WASTE = 0.86, 0.84, 0.94

Counts = npt.NDArray[np.int64]
Said = tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """A model as chances: of each thing it says (columns of `said`) of a wrong and of a right answer."""

    name: str
    of_wrong: tuple[float, ...]
    of_right: tuple[float, ...]
    said: Said = ("right", "wrong")


@dataclass(frozen=True)
class Cell:
    """What the simulated audits of one cell showed: shares of intervals that hold, lie above and below the truth."""

    reader: str
    rate: float
    size: int
    part: bool
    covers: float
    above: float
    below: float
    width: float
    plain: float


def middling(finds: float, keeps: float) -> Reader:
    return Reader(f"{finds:g} / {keeps:g}", (1 - finds, finds), (keeps, 1 - keeps))


THREE: Said = ("right", "unsure", "wrong")
USELESS = (
    Reader("calls a tenth wrong, at random", (0.9, 0.1), (0.9, 0.1)),
    Reader("calls half wrong, at random", (0.5, 0.5), (0.5, 0.5)),
    Reader("says all three at random", (0.8, 0.1, 0.1), (0.8, 0.1, 0.1), THREE),
    Reader("calls everything right", (1.0, 0.0), (1.0, 0.0)),
    Reader("calls everything wrong", (0.0, 1.0), (0.0, 1.0)),
    # Good at first reading, then each answer thrown for three rows in ten: what stands is the last thing it said.
    Reader("changes its mind on 30 %", (0.34, 0.66), (0.70, 0.30)),
    # Worse than nothing: its readings point the wrong way.
    Reader("calls right answers wrong", (0.95, 0.05), (0.7, 0.3)),
)


def audits(reader: Reader, rate: float, size: int, part: bool, options: argparse.Namespace) -> Cell:
    """One cell."""
    rng = np.random.default_rng([options.seed, size, part, int(rate * 1000), *map(ord, reader.name)])
    each, found = -(-options.audits // len(NEAR)), []
    for near in rate * NEAR:
        wrong = round(near * options.rows)
        bad = rng.multinomial(wrong, reader.of_wrong, each)
        good = rng.multinomial(options.rows - wrong, reader.of_right, each)
        if part:
            both = np.concatenate([bad, good], axis=1)
            read = np.array([rng.multivariate_hypergeometric(one, options.rows // PART) for one in both])
            bad, good = read[:, : bad.shape[1]], read[:, bad.shape[1] :]
        found.append(_audited(reader, bad, good, size, options.rows, wrong, rng))
    covers, above, below, width, plain = np.mean(np.concatenate(found), axis=0)
    return Cell(reader.name, rate, size, part, covers, above, below, width, plain)


def _audited(
    reader: Reader, bad: Counts, good: Counts, size: int, rows: int, wrong: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """(held, above, below, width, plain width) of each audit."""
    truth, plain = wrong / rows, _plain(rows, wrong, size, rng, len(bad))
    if np.count_nonzero((bad + good).sum(0)) == 1:
        low, high = _plain_ends(rows, rng.hypergeometric(wrong, rows - wrong, size, len(bad)), size)
    else:
        low, high = _sharpened(reader.said, bad, good, size, rows, rng)
    return np.stack([(low <= truth) & (truth <= high), low > truth, high < truth, high - low, plain], axis=1)


def _sharpened(
    said: Said, bad: Counts, good: Counts, size: int, rows: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    sizes = bad + good
    given = np.zeros_like(sizes)
    for n, line in enumerate(sizes):
        here = {name: int(count) for name, count in zip(said, line, strict=True) if count}
        for name, count in allocate(here, size).items():
            given[n, said.index(name)] = count
    wrong = np.where(sizes > 0, rng.hypergeometric(bad, good, np.minimum(given, sizes)), 0)
    unread = rows - sizes.sum(1)
    looked = Looked(given, wrong, sizes, unread[:, None], sizes[:, None, :])
    return drawn(looked, int(rng.integers(2**31)), DRAWS).rate()


def _plain(rows: int, wrong: int, size: int, rng: np.random.Generator, n: int) -> npt.NDArray[np.float64]:
    low, high = _plain_ends(rows, rng.hypergeometric(wrong, rows - wrong, size, n), size)
    return high - low


def _plain_ends(rows: int, hits: Counts, size: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    ends = {int(k): stratified({"all": rows}, {"all": int(k)}, {"all": size})[1:] for k in np.unique(hits)}
    both = np.array([ends[int(k)] for k in hits])
    return both[:, 0], both[:, 1]


def cells(readers: Sequence[Reader], options: argparse.Namespace) -> Iterator[Cell]:
    """Each reader at each rate, size and part read."""
    for part in (False, True):
        for reader in readers:
            for rate in RATES:
                for size in SIZES:
                    yield audits(reader, rate, size, part, options)


@dataclass(frozen=True)
class Set:
    """A simulated set: which rows are wrong, what the model says of each, what a rule suspects."""

    wrong: npt.NDArray[np.bool_]
    called: npt.NDArray[np.bool_]
    suspect: npt.NDArray[np.bool_]
    read: npt.NDArray[np.bool_]

    @property
    def ids(self) -> list[str]:
        return [f"{n:06}" for n in range(len(self.wrong))]


RULE_FINDS, RULE_KEEPS = 0.4, 0.97


def made(finds: float, keeps: float, wrong: int, rows: int, part: bool, rng: np.random.Generator) -> Set:
    """A set with so many wrong rows; read whole, or a fifth and every suspect."""
    bad = np.zeros(rows, bool)
    bad[rng.choice(rows, wrong, replace=False)] = True
    called = np.where(bad, rng.random(rows) < finds, rng.random(rows) > keeps)
    suspect = np.where(bad, rng.random(rows) < RULE_FINDS, rng.random(rows) > RULE_KEEPS)
    read = np.ones(rows, bool)
    if part:
        read = suspect.copy()
        read[rng.choice(np.flatnonzero(~suspect), rows // PART, replace=False)] = True
    return Set(bad, called, suspect, read)


def crossed(finds: float, keeps: float, rate: float, part: bool, options: argparse.Namespace) -> Cell:
    """One cell of audits of 100 rows, readings crossed with a rule's suspicion."""
    rng = np.random.default_rng([options.seed, part, int(rate * 1000), int(finds * 1000)])
    found = []
    for near in np.resize(NEAR, options.audits) * rate:
        one = made(finds, keeps, round(near * options.rows), options.rows, part, rng)
        ids = one.ids
        said: dict[str, ReadAs] = {ids[n]: "wrong" if one.called[n] else "right" for n in np.flatnonzero(one.read)}
        drawing = draw(
            ids, _claims(ids, one.suspect), 100, seed=int(rng.integers(2**31)), readings=Readings(said, part)
        )
        answers: dict[str, Answer] = {row.id: "wrong" if one.wrong[int(row.id)] else "right" for row in drawing.rows}
        _, low, high = estimate(drawing, answers).rate
        truth = float(one.wrong.mean())
        plain = float(_plain(options.rows, int(one.wrong.sum()), 100, rng, 1)[0])
        found.append([low <= truth <= high, low > truth, high < truth, high - low, plain])
    covers, above, below, width, plain = np.mean(found, axis=0)
    return Cell(f"{finds:g} / {keeps:g} and a rule", rate, 100, part, covers, above, below, width, plain)


def _claims(ids: Sequence[str], suspect: npt.NDArray[np.bool_]) -> Findings:
    chosen = [ids[n] for n in np.flatnonzero(suspect).tolist()]
    n = len(chosen)
    columns = {
        "check": ["label_noise"] * n, "id": chosen, "cluster": [None] * n, "confidence": [0.6] * n,
        "message": [""] * n, "evidence": ["{}"] * n, "suggestion": ["look"] * n,
    }  # fmt: skip
    return Findings(pa.table(columns, schema=FINDINGS_SCHEMA))


SHARES: Mapping[str, str] = {
    "rate": "wrong answers", "finds": "finds", "false_alarms": "false alarms", "precision": "right: wrong",
    "misses": "misses", "agrees": "agrees",
}  # fmt: skip
"""Of the set and of the model, as `records.ModelQuality` names them."""
WEAK = ((0.07, 0.92),)
"""A model that hardly finds more wrong answers than it raises false alarms, as a real one of 270 million weights."""
SETS_EACH = 10
"""Sets a cell, each audited many times: the interval is of the rows that are there, not of others like them."""
SILENT = 0.05
"""Share of the readings that nobody could understand."""


def shares(model: tuple[float, float], rate: float, rows: int, options: argparse.Namespace) -> dict[str, list[float]]:
    """[covers, width] of each share, audits of 100 of `rows` rows, all read."""
    rng = np.random.default_rng([options.seed, 7, rows, int(rate * 1000), int(model[0] * 1000)])
    none = Findings(FINDINGS_SCHEMA.empty_table())
    found: dict[str, list[tuple[bool, float]]] = {name: [] for name in SHARES}
    for near in np.resize(NEAR, SETS_EACH) * rate:
        one = made(*model, max(1, round(near * rows)), rows, False, rng)
        said = _readings(one, rng)
        truth = _true_shares(one, said)
        for _ in range(max(1, options.audits // SETS_EACH)):
            drawing = draw(one.ids, none, 100, seed=int(rng.integers(2**31)), readings=Readings(said))
            told = _told(drawing, one)
            for name, real in truth.items():
                low, high = told[name]
                found[name].append((low <= real + TIE and real - TIE <= high, high - low))
    return {name: np.mean(np.array(each, float), axis=0).tolist() for name, each in found.items()}


TIE = 1e-9
"""Ends of a share known exactly differ from the truth by rounding."""


def _readings(one: Set, rng: np.random.Generator) -> dict[str, ReadAs]:
    silent = rng.random(len(one.wrong)) < SILENT
    return {
        id: "none" if dumb else "wrong" if called else "right"
        for id, called, dumb in zip(one.ids, one.called, silent, strict=True)
    }


def _true_shares(one: Set, said: Mapping[str, ReadAs]) -> dict[str, float]:
    """The shares as they are; one that is of no row at all is left out."""
    called, kept = (np.array([said[id] == word for id in one.ids]) for word in ("wrong", "right"))
    parts = {
        "rate": one.wrong, "finds": called[one.wrong], "false_alarms": called[~one.wrong],
        "precision": one.wrong[called], "misses": one.wrong[kept], "agrees": called == one.wrong,
    }  # fmt: skip
    return {name: float(part.mean()) for name, part in parts.items() if len(part)}


def _told(drawing: Draw, one: Set) -> dict[str, tuple[float, float]]:
    """The ends of each share, from the product."""
    judged: list[tuple[str, Answer]] = [
        (row.stratum, "wrong" if one.wrong[int(row.id)] else "right") for row in drawing.rows if row.weight > 0
    ]
    told = quality(drawing, judged)
    found: dict[str, Interval | None] = {name: getattr(told, name) for name in SHARES if name != "rate"}
    found["rate"] = rate_of(drawing, judged)
    return {name: interval[1:] if interval else (0.0, 1.0) for name, interval in found.items()}


FOLLOW = (0.0, 0.1, 0.3)
DECIDED = (500, 1000, 2000, 3000, 4000)
PRECISE, RIGHT_ROWS, CAREFUL = 0.5, 0.97, 0.95
"""Half of the rows the model calls wrong are, 97 % of those it calls right; people by themselves are right in 95 %."""


def pulled(follow: float, rows: int, options: argparse.Namespace) -> tuple[float, float, float, float]:
    """(share of intervals that hold the true pull, mean pull, share of reviews with the warning, and with the words
    that there are not enough blind rows yet)."""
    rng = np.random.default_rng([options.seed, rows, int(follow * 100)])
    blind = np.array([is_blind(f"{n:06}", options.seed) for n in range(rows)])
    held, values, warned, untold = [], [], [], []
    each = {(call, unseen, same): Decided("wrong" if call else "right", not unseen, same)
            for call in (False, True) for unseen in (False, True) for same in (False, True)}  # fmt: skip
    for _ in range(options.audits):
        called = rng.random(rows) < CALLED
        wrong = rng.random(rows) < np.where(called, PRECISE, 1 - RIGHT_ROWS)
        own = wrong ^ (rng.random(rows) > CAREFUL)
        said = np.where(~blind & (rng.random(rows) < follow), called, own)
        found = pull(
            each[call, unseen, same]
            for call, unseen, same in zip(called.tolist(), blind.tolist(), (called == said).tolist(), strict=True)
        )
        assert found is not None
        agree = [CAREFUL * sure + (1 - CAREFUL) * (1 - sure) for sure in (PRECISE, RIGHT_ROWS)]
        truth = follow * (1 - float(np.where(called, *agree).mean()))
        held.append(found.difference[1] <= truth <= found.difference[2])
        values.append(found.difference[0])
        warned.append(found.is_certain)
        untold.append(found.is_open)
    return float(np.mean(held)), float(np.mean(values)), float(np.mean(warned)), float(np.mean(untold))


CALLED = 0.8
"""Of the rows people are sent by the queue, those that the model calls wrong; the others a rule suspects."""


def print_pull(options: argparse.Namespace) -> None:
    print("\nReviewers who follow suggestions; a tenth of the rows is blind")
    print(f"{'follow':>6} {'rows':>6} {'covers':>7} {'pull':>7} {'warned':>7} {'not enough yet':>15}")
    for follow in FOLLOW:
        for rows in DECIDED:
            covers, value, warned, untold = pulled(follow, rows, options)
            print(f"{follow:>6.0%} {rows:>6,} {covers:>7.1%} {value:>7.1%} {warned:>7.1%} {untold:>15.1%}", flush=True)


JUDGES = ((0.95, 0.9), (0.8, 0.7))
"""A judge of arms calls so many right answers right and so many wrong ones wrong."""
PAIRS = ((0.8, 0.7), (0.9, 0.9), (0.6, 0.4))
"""The shares of right answers of two arms, whose answers go together on half of the rows."""
HELD = ((200, 40), (500, 60), (500, 100))
"""Rows held out, and those of them that people judge."""


def arms(held: tuple[int, int], pair: tuple[float, float], judge: tuple[float, float], audits: int) -> list[float]:
    """(covers, width) of the score of one arm and of how much it is better than the other."""
    rows, judged = held
    rng = np.random.default_rng([rows, judged, int(100 * pair[0]), int(100 * judge[0])])
    truth = (pair[0] - pair[1]) / 2  # they go together on half of the rows
    found = []
    for _ in range(audits):
        one = rng.random(rows) < pair[0]
        other = np.where(rng.random(rows) < 0.5, one, rng.random(rows) < pair[1])
        part = rng.choice(rows, judged, replace=False).tolist()
        marks = [_marked(right, part, judge, rng) for right in (one, other)]
        _, low, high = score(marks[0])
        apart = difference(*marks)
        assert apart is not None
        _, least, most = apart[0]
        found.append([low <= pair[0] <= high, high - low, least <= truth <= most, most - least])
    return [float(one) for one in np.mean(found, axis=0)]


def _marked(
    right: npt.NDArray[np.bool_], part: Sequence[int], judge: tuple[float, float], rng: np.random.Generator
) -> Marks:
    said = np.where(right, rng.random(len(right)) < judge[0], rng.random(len(right)) > judge[1]).tolist()
    return Marks({str(n): one for n, one in enumerate(said)}, {str(n): bool(right[n]) for n in part})


def print_arms(options: argparse.Namespace) -> None:
    print("\nArms judged by a model on all held-out rows and by people on some")
    print("held out  judged  arms right  judge        score covers  width  difference covers  width")
    for held in HELD:
        for pair in PAIRS:
            for judge in JUDGES:
                covers, width, apart, apart_width = arms(held, pair, judge, options.audits)
                print(
                    f"{held[0]:>8} {held[1]:>7}  {pair[0]:.1f} / {pair[1]:.1f}   {judge[0]:<4} / {judge[1]:<4} "
                    f"{covers:>13.1%} {width:>6.3f} {apart:>18.1%} {apart_width:>6.3f}",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--audits", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(PARTS))
    options = parser.parse_args()
    print(f"{options.audits:,} audits a cell, {options.rows:,} rows, seed {options.seed}", flush=True)
    for name, part in PARTS.items():
        if options.only in (None, name):
            part(options)


def print_models(options: argparse.Namespace) -> None:
    print("\nModels that know something")
    _print([], head=True)
    found = []
    for cell in cells([middling(*one) for one in MODELS], options):
        found.append(cell)
        _print([cell])
    _sum_up([cell.covers for cell in found])


def print_useless(options: argparse.Namespace) -> None:
    print("\nModels that know nothing")
    _print([], head=True)
    found = []
    for cell in cells(USELESS, options):
        found.append(cell)
        _print([cell])
    _sum_up([cell.covers for cell in found])
    for reader in USELESS:
        widest = max(cell.width / cell.plain for cell in found if cell.reader == reader.name)
        print(f"widest beside plain, {reader.name}: {widest:.3f}")


def print_rules(options: argparse.Namespace) -> None:
    options = _fewer(options)
    print(f"\nReadings crossed with a rule (finds 40 %, keeps 97 %), 100 rows, {options.audits} audits a cell")
    _print([], head=True)
    found = []
    for part in (False, True):
        for finds, keeps in ((0.7, 0.97), (0.9, 0.98)):
            for rate in RATES:
                found.append(crossed(finds, keeps, rate, part, options))
                _print(found[-1:])
    _sum_up([cell.covers for cell in found])


ROWS = (300, 1000, 5000)
"""Rows of the sets of which 100 are judged: where those are a good part of them, the rest counts row by row."""


def print_quality(options: argparse.Namespace) -> None:
    options, held = _fewer(options), []
    print(f"\nAll shares, 100 rows judged, {options.audits} audits of {SETS_EACH} sets a cell: covers (width)")
    print("model           rows  wrong  " + "  ".join(f"{name:>15}" for name in SHARES.values()))
    for finds, keeps in (*WEAK, *MODELS):
        for rows in ROWS:
            for rate in RATES:
                told = shares((finds, keeps), rate, rows, options)
                held += [covers for covers, _ in told.values()]
                line = "  ".join(f"{covers:>7.1%} ({width:.3f})" for covers, width in told.values())
                print(f"{f'{finds:g} / {keeps:g}':<13} {rows:>6,} {rate:>6.0%}  {line}", flush=True)
    _sum_up(held)


def _fewer(options: argparse.Namespace) -> argparse.Namespace:
    """A quarter of the audits: each goes row by row through the whole of the product."""
    return argparse.Namespace(**{**vars(options), "audits": max(len(NEAR), options.audits // 4)})


def _print(found: Sequence[Cell], head: bool = False) -> None:
    if head:
        print(f"{'model':<32} {'read':<8} {'wrong':>5} {'judged':>6} {'covers':>7} {'above':>6} {'below':>6} "
              f"{'width':>6} {'plain':>6} {'ratio':>6}")  # fmt: skip
    for one in found:
        read = "a fifth" if one.part else "all"
        waste = "  wide" if one.covers > WASTE else ""
        print(
            f"{one.reader:<32} {read:<8} {one.rate:>5.0%} {one.size:>6} {one.covers:>7.1%} {one.above:>6.1%} "
            f"{one.below:>6.1%} {one.width:>6.3f} {one.plain:>6.3f} {one.width / one.plain:>6.2f}{waste}",
            flush=True,
        )


def _sum_up(held: Sequence[float]) -> None:
    """What `held`, the share of intervals of each cell that hold the truth, comes to."""
    good = sum(one >= ENDS_HELD for one in held)
    print(
        f"{len(held)} cells: {min(held):.1%} to {max(held):.1%}; at least {ENDS_HELD:.0%} in {good / len(held):.0%}, "
        f"under {ENDS_LEAST:.0%} in {sum(one < ENDS_LEAST for one in held)}, above {WASTE:.0%} (width lost) in "
        f"{sum(one > WASTE for one in held)}"
    )


PARTS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "models": print_models,
    "useless": print_useless,
    "rules": print_rules,
    "quality": print_quality,
    "pull": print_pull,
    "arms": print_arms,
}

if __name__ == "__main__":
    main()
