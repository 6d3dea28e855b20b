"""Which row of each group stays.

Rules, each after "labelled before unlabelled" so that no label is ever lost:
complete  output there, label then output agreeing with most of the group, input not in one case alone, no line that a
          mail program added, fewest typos, longest input, oldest date;
oldest    oldest date, then lowest row number;
longest   longest input and output, then as complete.
What is left equal between different texts is settled by content, between copies of one text by row number and id, so
the order of the rows decides nothing about who belongs together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation.dedup.guards import is_typo
from curation.dedup.settings import Keeper
from curation.dedup.similarity.text import Ints

Flags = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.integer[Any]]

MAIL_SIGNATURE = (
    r"(?i)\bget outlook for |\b(?:(?:sent (?:from|via|with)|gesendet (?:von|mit|über)"
    r"|envoyé (?:de|depuis|avec|à partir de)|enviado (?:desde|de|do)|inviato (?:da|dal)|verzonden (?:vanaf|met|van)) "
    r"(?:(?:my|an?|the|mein(?:em|er)|der|mon|ma|mi|meu|il mio|mio|mijn) )?|von mein(?:em|er) )(?:\S{1,20} ){0,2}?"
    r"(?:iphone|ipad|android|smartphone|handy|blackberry|samsung|galaxy|huawei|mobil\w*|outlook|yahoo|gmx|web\.de"
    r"|proton ?mail|mail app)\b"
)
"""The line that mail programs of phones put below a mail, in English, German, French, Spanish, Portuguese, Italian and
Dutch: Sent from my iPhone, Gesendet von meinem Handy, Von meinem iPad gesendet, Get Outlook for Android."""
TYPO_LENGTH = 5
"""Letters from which on a word can be a typo of another (see `guards.is_typo`)."""
RELATIVES = 20
"""Texts of a family in which the word that was meant is looked for."""


@dataclass(frozen=True)
class Rows:
    """What the rules read about each row; all arrays have one value a row.

    `position` is the row's place in the dataset, `document` its normalised text. `label` and `output` are codes of
    equal values, label -1 when there is none. `blemish` is as `blemishes` says. `typos` are words that look like typos
    (see `typos`). `length` is that of the input as compared, `whole` with the output. `created` ranks dates, oldest 0,
    rows without one last. `content` ranks the documents by their text and `tie` the rows by their ids. `bad` rows have
    a bad answer alone, which is their `output` here.
    """

    position: Numbers
    document: Numbers
    label: Numbers
    output: Numbers
    filled: Flags
    blemish: Numbers
    typos: Numbers
    length: Numbers
    whole: Numbers
    created: Numbers
    content: Numbers
    row: Numbers
    tie: Numbers
    bad: Flags

    def __len__(self) -> int:
        return len(self.position)

    def where(self, mask: Any) -> "Rows":
        """The rows at these places or where this mask is true."""
        return Rows(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def best(rows: Rows, group: Ints, rule: Keeper) -> tuple[Ints, Ints]:
    """(places in `rows` ordered by group, best first; where each group starts), groups in ascending order."""
    keys = [group, *_ranking(rows, group, rule)]
    useful = [keys[0], *(key for key in keys[1:] if len(key) and (key != key[0]).any())]
    by = np.lexsort(useful[::-1])
    ordered = group[by]
    first = np.ones(len(by), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return by, np.flatnonzero(first)


def _ranking(rows: Rows, group: Ints, rule: Keeper) -> list[Any]:
    """Sort keys, gravest first, smallest value best."""
    unlabelled = rows.label < 0
    agrees = 2 * _agrees(group, rows.label, ~unlabelled) + _agrees(group, rows.output, np.ones(len(rows), bool))
    complete = [~rows.filled, -agrees, rows.blemish, rows.typos, -rows.length, rows.created]
    last = [rows.content, rows.row, rows.tie]
    if rule == "oldest":
        return [unlabelled, rows.created, rows.row, rows.tie]
    if rule == "longest":
        return [unlabelled, -rows.whole, *complete, *last]
    return [unlabelled, *complete, *last]


def blemishes(texts: Any) -> npt.NDArray[np.int8]:
    """What makes an input the worse copy of another: 2 where all letters have one case, and 1 more where it holds what
    a mail program adds (`MAIL_SIGNATURE`)."""
    signed = pc.match_substring_regex(texts, MAIL_SIGNATURE)
    written = pc.replace_substring_regex(texts, MAIL_SIGNATURE, "")
    one_case = pc.or_(pc.utf8_is_lower(written), pc.utf8_is_upper(written))
    return 2 * np.asarray(one_case, np.int8) + np.asarray(signed, np.int8)


def _agrees(group: Ints, value: Numbers, counts: Flags) -> Ints:
    """1 where a row's value is the most frequent one (or one of them) of its group, else 0."""
    found = np.zeros(len(group), np.int64)
    group, value = group[counts], value[counts]
    if not len(group):
        return found
    pair = group * (int(value.max()) + 1) + value
    by = np.argsort(pair, kind="stable")
    cuts = np.flatnonzero(np.concatenate([[True], pair[by][1:] != pair[by][:-1]]))
    size = np.diff(np.append(cuts, len(by)))
    count = np.empty(len(by), np.int64)
    count[by] = np.repeat(size, size)
    most = np.zeros(int(group.max()) + 1, np.int64)
    np.maximum.at(most, group, count)
    found[counts] = count == most[group]
    return found


def typos(texts: Any, families: Numbers, seen: Iterable[Any]) -> npt.NDArray[np.int32]:
    """How many words of each normalised text are typos: seen nowhere else in the set, and a letter or two from
    a word of another text of its family. `seen` are all texts of the set, the ones given among them, in any chunks."""
    found = np.zeros(len(texts), np.int32)
    split = pc.split_pattern(texts, " ")
    counts = pc.value_counts(pc.list_flatten(split))
    once = counts.field("values").filter(pc.equal(counts.field("counts"), 1))
    once = once.filter(pc.and_(pc.greater_equal(pc.utf8_length(once), TYPO_LENGTH), pc.utf8_is_alpha(once)))
    total: Counter[str] = Counter()
    for chunk in seen if len(once) else ():
        words = pc.list_flatten(pc.split_pattern(chunk, " "))
        met = pc.value_counts(words.filter(pc.is_in(words, once.cast(words.type))))
        total.update(dict(zip(met.field("values").to_pylist(), met.field("counts").to_pylist(), strict=True)))
    rare = [word for word, count in total.items() if count == 1]
    holds = pc.is_in(pc.list_flatten(split), pa.array(rare, texts.type))
    having = np.unique(np.asarray(pc.list_parent_indices(split).filter(holds)))
    near = np.flatnonzero(np.isin(families, families[having]))
    words = {n: frozenset(text.split()) for n, text in zip(near.tolist(), texts.take(pa.array(near)).to_pylist())}
    members = defaultdict(list)
    for n in words:
        members[int(families[n])].append(n)
    wrong = frozenset(rare)
    for n in having.tolist():
        others = frozenset().union(*(words[m] for m in members[int(families[n])][:RELATIVES] if m != n))
        meant = others - words[n] - wrong
        found[n] = sum(any(is_typo(word, other) for other in meant) for word in words[n] & wrong)
    return found
