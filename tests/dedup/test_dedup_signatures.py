"""Shingles, signatures, candidates and exact similarity, each against its plain definition."""

import random

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.dedup import Settings, dedup, normalise
from curation.dedup.similarity import fast
from curation.dedup.similarity import sketches as sketching
from curation.dedup.similarity.candidates import Pairs, candidates
from curation.dedup.similarity.documents import documents
from curation.dedup.similarity.minhash import Scheme, bands, of_keys, signatures
from curation.dedup.similarity.shingles import (
    distinct,
    narrow,
    shingles32,
    shingles64,
)
from curation.dedup.similarity.sketches import (
    BandKeys,
    Sketches,
    halves,
    sketches,
)
from curation.dedup.similarity.text import normalised
from curation.dedup.similarity.verify import Comparer
from curation.errors import UsageError
from curation.records import dataset

SCHEME = Scheme(5, 128, 1)

texts = st.lists(st.text(st.sampled_from("ab 1é中😀?'"), max_size=14), min_size=1, max_size=30)
plain = st.lists(st.text(st.sampled_from("ab1 "), max_size=30), min_size=1, max_size=30)


def naive(text: str, n: int) -> set[str]:
    """The shingles of one normalised text by their definition."""
    padded = f" {text.strip(' ')} "
    return {padded[k : k + n] for k in range(max(1, len(padded) - n + 1))}


@settings(max_examples=80, deadline=None)
@given(texts | plain, st.integers(2, 10))
def test_shingle_keys_stand_for_the_shingles_of_the_text(some: list[str], n: int) -> None:
    array = normalised(pa.array(some, pa.large_string()))
    wide = n > 5 or not narrow(array).all()
    found = distinct(array, n, wide)
    for kind in {wide, True}:
        found = distinct(array, n, kind)
        meaning: dict[int, str] = {}
        for k, text in enumerate(array.to_pylist()):
            keys = found.keys[found.start[k] : found.start[k + 1]].tolist()
            assert keys == sorted(set(keys))
            assert len(keys) == len(naive(text, n))
            if len(keys) == 1:
                assert meaning.setdefault(keys[0], next(iter(naive(text, n)))) in naive(text, n)
    hashed = shingles32(array, n)
    for k, text in enumerate(array.to_pylist()):
        assert len(set(hashed.keys[hashed.start[k] : hashed.start[k + 1]].tolist())) == len(naive(text, n))


@settings(max_examples=60, deadline=None)
@given(texts | plain, st.integers(2, 8))
def test_similarity_is_the_exact_jaccard(some: list[str], n: int) -> None:
    docs = documents(pa.array(some, pa.large_string()))
    left, right = (side.ravel() for side in np.indices((len(docs), len(docs))))
    found = Comparer(docs, n).similarity(left, right)
    sets = [naive(text, n) for text in docs.texts.to_pylist()]
    assert found.tolist() == [len(sets[i] & sets[j]) / len(sets[i] | sets[j]) for i, j in zip(left, right, strict=True)]


@pytest.mark.parametrize(("n", "num_perm", "seed"), [(5, 128, 1), (3, 64, 7), (7, 128, 1)])
def test_signatures_are_datasketch_signatures(n: int, num_perm: int, seed: int) -> None:
    rng = random.Random(3)
    some = ["", "a", "héllo wörld", "?!"] + [
        "".join(rng.choices("abc déf 123", k=rng.randrange(400))) for _ in range(60)
    ]
    array = normalised(pa.array(some, pa.large_string()))
    found = signatures(array, Scheme(n, num_perm, seed))
    keys = shingles32(array, n)
    for k in range(len(some)):
        expected = MinHash(num_perm, seed, hashfunc=int, scheme="affine32")
        expected.update_batch(keys.keys[keys.start[k] : keys.start[k + 1]].tolist())
        assert (expected.hashvalues == found[k]).all()


def test_bands_are_those_of_datasketch() -> None:
    assert bands(0.7, 128) == (20, 6)
    index = MinHashLSH(0.8, 128, weights=(0.1, 0.9))
    assert bands(0.8, 128) == (index.b, index.r)
    assert bands(1.0, 128)[0] >= 2


def test_the_kernels_agree_with_numpy() -> None:
    rng = random.Random(5)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    some = [" ".join(rng.choices(words, k=rng.randrange(1, 8))) for _ in range(25)] + [""]
    docs = documents(pa.array(some, pa.large_string()))
    keys = shingles32(docs.texts, 5)
    signed = of_keys(keys, 32, 1)
    a, b = MinHash(32, 1, scheme="affine32").permutations
    out = np.empty_like(signed)
    with np.errstate(over="ignore"):
        fast.sign(keys.start, keys.keys, a, b, out)
    assert (out == signed).all()
    left, right = np.triu_indices(len(docs), 1)
    sets = distinct(docs.texts, 5, wide=False)
    plainly, found = Comparer(docs, 5, compiled=False).similarity(left, right), np.empty(len(left))
    with np.errstate(over="ignore"):
        for made in (sets, keys, shingles64(docs.texts, 5)):
            bits = fast.table_bits(made.start, made.start, left, right)
            fast.overlap((made.start, made.keys), (made.start, made.keys), (left, right), bits, found)
            assert (found == plainly).all()
    scheme = Scheme(5, 32, 1)
    assert (signatures(docs.texts, scheme) == signatures(docs.texts, scheme, compiled=False)).all()
    assert (Comparer(docs, 5).similarity(left, right) == plainly).all()


def test_candidates_share_a_band_and_large_buckets_stay_connected() -> None:
    some = [
        f"the parcel with number {n} is late again and nobody at the counter can tell where it is" for n in range(200)
    ]
    docs = documents(pa.array([*some, "something else entirely", "yet another thing"], pa.large_string()))
    made = sketches(docs, SCHEME, (20, 6))
    pairs = candidates(made, docs.mark, 0.0)
    left, right = pairs.left, pairs.right
    assert (pairs.estimate == made.estimate(left, right)).all()
    assert (left < right).all()
    assert len({*zip(left.tolist(), right.tolist(), strict=True)}) == len(left) < 200 * 199 / 2
    keys = np.stack([made.keys.band(k) for k in range(20)])
    assert (keys[:, left] == keys[:, right]).any(axis=0).all()
    reached, grown = {0}, True
    while grown:
        more = {j for i, j in zip(left, right, strict=True) if i in reached} | {
            i for i, j in zip(left, right, strict=True) if j in reached
        }
        grown = not more <= reached
        reached |= more
    assert len(reached) == 200


def test_band_keys_on_disk_are_those_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = documents(pa.array([f"the parcel with number {n} is late" for n in range(50)]))
    inside = sketches(docs, SCHEME, (20, 6))
    signed = signatures(docs.texts, SCHEME)
    monkeypatch.setattr(sketching, "SPILL_ABOVE", 10)
    outside = sketches(docs, SCHEME, (20, 6), workers=2)
    assert outside.keys.memory is None
    for k in range(20):
        band = [signed[n, 6 * k : 6 * k + 6].tolist() for n in range(50)]
        keys = outside.keys.band(k)
        assert (keys == inside.keys.band(k)).all()
        assert all((keys[0] == keys[n]) == (band[0] == band[n]) for n in range(50))
    assert (outside.low == inside.low).all()
    outside.close()


@pytest.mark.parametrize("num_perm", [16, 40, 128])
def test_the_estimate_is_the_share_of_half_bytes_that_agree_less_those_that_agree_by_chance(num_perm: int) -> None:
    rng = np.random.default_rng(1)
    signed = rng.integers(0, 20, (40, num_perm)).astype(np.uint32)
    made = Sketches(BandKeys(0, 40, None), halves(signed), num_perm)
    left, right = np.triu_indices(40, 1)
    share = (signed[left] % 16 == signed[right] % 16).mean(axis=1)
    assert np.allclose(made.estimate(left, right), (share - 1 / 16) / (15 / 16), atol=1e-6)
    assert made.estimate(left, left).tolist() == [1.0] * len(left)


def test_pairs_can_be_chosen() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([2, 3]), np.array([0.5, 0.9], np.float32))
    assert pairs.where(pairs.estimate > 0.7).left.tolist() == [1]


def test_many_pairs_are_compared_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from curation.dedup.similarity import verify

    some = [f"the parcel number {n} of {n % 7} is late" for n in range(300)]
    docs = documents(pa.array(some, pa.large_string()))
    left, right = np.triu_indices(len(docs), 1)
    whole = Comparer(docs, 5).similarity(left, right)
    monkeypatch.setattr(verify, "BLOCK_BYTES", 500)
    mixed = np.random.default_rng(1).permutation(len(left))
    assert (Comparer(docs, 5).similarity(left, right) == whole).all()
    assert (Comparer(docs, 5).similarity(right[mixed], left[mixed]) == whole[mixed]).all()


def test_the_long_form_of_a_text_is_one_space_between_words() -> None:
    array = normalised(pa.chunked_array([["A  b"], [None, "c_d?"]], pa.large_string()))
    assert array.to_pylist() == ["a b ", " ", "c d "]
    assert normalise("İSTANBUL ÉCOLE ΣΊΣΥΦΟΣ") == normalise("i̇stanbul école σίσυφοσ".upper())


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0.1},
        {"threshold": 1.1},
        {"shingle": 1},
        {"shingle": "long"},
        {"keeper": "best"},
        {"on": "output"},
        {"workers": 0},
        {"num_perm": 1},
        {"seed": -1},
        {"exact_below": True},
    ],
)
def test_settings_outside_their_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.95, 1.0])
@pytest.mark.parametrize("num_perm", [16, 128])
def test_every_threshold_and_size_of_signature_runs(threshold: float, num_perm: int) -> None:
    data = dataset([{"input": text} for text in ("one two three four", "One two three four!", "five six seven eight")])
    found = dedup(data, Settings(threshold=threshold, num_perm=num_perm, exact_below=0))
    assert found.table["cluster"].to_pylist() == [0, 0, 1]
