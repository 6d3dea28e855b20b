"""Families: texts that say one thing in slightly other words, found by the words that carry their content.

A text joins the family whose first text shares most of its words with it (Hartigan's leader algorithm, 1975); what to
look at is found by its rarest words, so that the time grows with the texts and not with their pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from curation.text.words import word_set

LIKE = 0.5
"""Share of the words of both that two texts of a family have in common."""
LOOSER = 0.35
"""As `LIKE`, in a set of which it is known that most texts are rewordings."""
CLEARER = 0.2
"""A text is clearly one of its family where it is that much less like any other family. Questions on one subject are
alike all round (BANKING77), and so are all texts made of a few verbs and things."""
EVERYWHERE = 0.25
"""A word that stands in more than this share of the texts tells none of them apart."""


FEW = 40
"""Texts up to which no word is called one that stands everywhere."""
POSTED, VISITED, COMPARED = 32, 96, 6
"""Families looked up by one word, by all words of a text, and compared with it."""
STOP = word_set(
    "a an the and or but if so of to in on at for with from by as into about is are was were be been being am do does "
    "did have has had can could will would shall should may might must i you he she it we they me my your his her its "
    "our their this that these those there here what which who whom whose when where why how not no yes than then too "
    "very also only any some all more most much many get got please thanks thank hi hello hey dear quick question help "
    "appreciate appreciated advance wondering asking know tell excuse asap morning afternoon evening team"
)
"""Words that carry no content, and what is said around a request (English; elsewhere words that stand everywhere)."""

Alike = Callable[[int, int], bool]
"""Whether two texts, by position, may be of one family at all."""


@dataclass(frozen=True)
class Families:
    """For each text its family (numbered from 0), its likeness to what the family is known by (0..1), and how much less
    it is like the next family."""

    family: list[int]
    likeness: list[float]
    clearer: list[float]

    def clearly(self, like: float = 0.0) -> list[int]:
        """The texts that are clearly of their family, and like it to this degree."""
        return [n for n, by in enumerate(self.clearer) if by >= CLEARER and self.likeness[n] >= like]


def families(texts: Sequence[Sequence[str]], kinds: Sequence[str], alike: Alike) -> Families:
    """The families of texts given by their words; only texts of one kind (a label, say) are compared.

    The order of the texts matters; the caller puts them in one that does not depend on the file.
    """
    bags = _Bags(texts)
    return _Found(kinds, alike, bags.rarity, LIKE).sorted_in(bags)


def gathered(
    texts: Sequence[Sequence[str]], kinds: Sequence[str], alike: Alike, before: Families, least: int
) -> Families:
    """The families once more, of `LOOSER` texts around the words that half of each earlier family share.

    Only earlier families with so many texts count, the largest first: the first text of a family is often an odd one.
    """
    bags = _Bags(texts)
    members: dict[int, list[int]] = defaultdict(list)
    for n, k in enumerate(before.family):
        members[k].append(n)
    found = _Found(kinds, alike, bags.rarity, LOOSER)
    for ns in sorted(members.values(), key=lambda ns: (-len(ns), ns)):
        counts = Counter(word for n in ns for word in bags[n])
        core = frozenset(word for word, n in counts.items() if 2 * n >= len(ns))
        if len(ns) >= least and core and found.home(ns[0], core)[1] < LOOSER:
            found.open(ns[0], core)
    return found.sorted_in(bags)


class _Found:
    """Families as they are found: the words each is known by, and its first text."""

    def __init__(self, kinds: Sequence[str], alike: Alike, rarity: Mapping[str, int], like: float) -> None:
        self.kinds, self.alike, self.rarity, self.like = kinds, alike, rarity, like
        # not sets, which take ten times the memory, and there may be a family a text
        self.known_by: list[tuple[str, ...]] = []
        self.first: list[int] = []
        self.posted: dict[str, dict[str, list[int]]] = {}

    def sorted_in(self, bags: "_Bags") -> Families:
        """Every text in the family it is most like, or in one of its own."""
        found = Families([0] * len(bags), [1.0] * len(bags), [1.0] * len(bags))
        for kind, numbers in _by_kind(self.kinds).items():
            for n in numbers:
                bag = bags[n]
                k, likeness, clearer = self.home(n, bag)
                if likeness >= self.like:
                    found.family[n], found.likeness[n], found.clearer[n] = k, likeness, clearer
                else:
                    found.family[n] = self.open(n, bag)
            # where there are thousands of kinds, what they are looked up by takes more memory than all the texts
            self.posted.pop(kind, None)
        first: dict[int, int] = {}
        found.family[:] = [first.setdefault(k, len(first)) for k in found.family]
        return found

    def home(self, n: int, bag: frozenset[str]) -> tuple[int, float, float]:
        """The family these words of a text are most like, how much, and how much more than the next one."""
        near = [(_jaccard(bag, self.known_by[k]), k) for k in self._candidates(self.kinds[n], bag)]
        near = [(score, k) for score, k in near if score > 0 and self.alike(self.first[k], n)]
        (best, home), (next_best, _) = sorted([*near, (0.0, -1), (0.0, -1)], reverse=True)[:2]
        return home, best, best - next_best

    def open(self, n: int, bag: frozenset[str]) -> int:
        """A new family known by these words."""
        posted = self.posted.setdefault(self.kinds[n], {})
        for word in bag:
            some = posted.setdefault(word, [])
            some.append(len(self.first))
            if len(some) > 2 * POSTED:  # no more than the last are ever looked up
                del some[:-POSTED]
        self.known_by.append(tuple(bag))
        self.first.append(n)
        return len(self.first) - 1

    def _candidates(self, kind: str, bag: frozenset[str]) -> list[int]:
        """The families that share most of the words, looked up by the rarest ones."""
        counts: Counter[int] = Counter()
        posted, visited = self.posted.get(kind, {}), 0
        for word in sorted(bag, key=self.rarity.__getitem__):
            some = posted.get(word, ())[-POSTED:]
            counts.update(some)
            visited += len(some)
            if visited > VISITED:
                break
        # most words first, and of equal ones the first
        return sorted(sorted(counts), key=counts.__getitem__, reverse=True)[:COMPARED]


def _by_kind(kinds: Sequence[str]) -> dict[str, list[int]]:
    """The texts of each kind, in their order."""
    found: dict[str, list[int]] = defaultdict(list)
    for n, kind in enumerate(kinds):
        found[kind].append(n)
    return found


class _Bags:
    """The words of each text that carry content, put together when they are asked for; `rarity` is the place of each
    word among all, the rarest first."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.texts = texts
        seen_in = Counter(word for words in texts for word in frozenset(words) - STOP)
        most = EVERYWHERE * len(texts) if len(texts) > FEW else len(texts)
        self.left_out = STOP | {word for word, n in seen_in.items() if n > most}
        self.rarity = {word: n for n, word in enumerate(sorted(seen_in, key=lambda word: (seen_in[word], word)))}

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, n: int) -> frozenset[str]:
        return frozenset(self.texts[n]) - self.left_out


def _jaccard(one: frozenset[str], other: Sequence[str]) -> float:
    shared = len(one.intersection(other))
    return shared / max(1, len(one) + len(other) - shared)
