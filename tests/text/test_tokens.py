"""Tokens: estimates whose band holds what real tokenizers count, and tokenizers that somebody gave us."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import InputRejected, UsageError
from curation.text.tokens import ESTIMATE, band, bounds, estimate, tokenizer
from curation.text.tokens.scripts import OF_KIND, WEIGHTS
from curation.text.tokens.tokenizer import Tokenizer
from curation.wording import ESTIMATED_BAND

COUNTED = [  # a text, and what the tokenizers of Mistral Nemo and of Mistral 7B make of it (benchmarks/tokens.py)
    ("Please unplug the device for thirty seconds, then switch it on again and wait until the green light comes on.", 23, 23),
    ("for (let i = 0; i < rows.length; i++) {\n    total += rows[i].price * 1.19;\n}\n", 31, 36),
    ("Bitte trennen Sie das Gerät für dreißig Sekunden vom Stromnetz und schalten Sie es danach wieder ein.", 26, 31),
    ("Можно ли изменить адрес доставки, если заказ уже передан в курьерскую службу?", 23, 30),
    ("أريد تغيير عنوان التوصيل لأنني سأنتقل إلى مدينة أخرى الشهر القادم.", 18, 60),
    ("एक ही सदस्यता के लिए मुझसे दो बार पैसे क्यों लिए गए?", 17, 55),
    ("请先断开路由器的电源三十秒，然后重新打开，等待绿色指示灯亮起。", 32, 34),
    ("返品された商品を受け取ってから五営業日以内に、お客様の口座へ返金いたします。", 32, 41),
    ("같은 구독 요금이 왜 두 번 결제되었나요?", 15, 26),
    ("เงินจะคืนเข้าบัญชีของคุณภายในห้าวันทำการหลังจากที่เราได้รับสินค้า", 35, 66),
]  # fmt: skip


@pytest.mark.parametrize(("text", "many", "few"), COUNTED, ids=[text[:12] for text, *_ in COUNTED])
def test_the_band_of_the_estimate_holds_what_two_real_tokenizers_count(text: str, many: int, few: int) -> None:
    low, high = bounds(text)
    assert low <= min(many, few)
    assert max(many, few) <= high
    # and the estimate lies nearer to them than a quarter of the bytes does, on the whole
    assert abs(math.log(estimate(text) / math.sqrt(many * few))) < 0.25


@given(st.lists(st.text(max_size=40), max_size=8))
def test_an_estimate_lies_in_its_band_and_no_text_has_more_tokens_than_bytes(texts: list[str]) -> None:
    counts = ESTIMATE.counts(texts)
    sizes = np.array([len(text.encode("utf-8", "surrogatepass")) for text in texts])
    assert (counts.lows <= counts.values).all()
    assert (counts.values <= counts.highs).all()
    assert (counts.highs <= sizes).all()
    alone = [ESTIMATE.counts([text]).values[0] for text in texts]
    assert counts.values.tolist() == pytest.approx(alone)
    both = counts + counts
    assert both.total == pytest.approx([2 * end for end in counts.total])


def test_an_empty_text_has_no_tokens_and_a_set_states_its_band() -> None:
    assert (estimate(""), band(ESTIMATE.counts([]))) == (0.0, "")
    assert band(ESTIMATE.counts(["What is the time, and where are you from?"])) == "−15 % to +15 %"


def test_what_people_read_of_the_band_is_the_band() -> None:
    said = [int(number) for number in re.findall(r"\d+", ESTIMATED_BAND)]
    plain, foreign = WEIGHTS["word"], WEIGHTS["foreign_word"]
    scripts = [
        weight for name, weight in WEIGHTS.items() if name in OF_KIND.values() and name not in ("digit", "emoji")
    ]
    lows = [round(100 - 100 * one.set_low) for one in (plain, foreign)]
    highs = [round(100 * one.set_high - 100) for one in (plain, foreign)]
    assert said[:3] == [highs[0], lows[1], highs[1]]
    assert lows[0] == highs[0]
    assert max(1 - one.set_low for one in scripts) == pytest.approx(said[3] / 100, abs=0.03)
    assert max(one.set_high - 1 for one in scripts) == pytest.approx(said[4] / 100, abs=0.03)


def test_a_tokenizer_counts_and_has_no_band(word_tokenizer: Path) -> None:
    with Tokenizer(word_tokenizer) as counter:
        counts = counter.counts(["one two three", "", "one \ud800"])
        assert counts.values.tolist() == [3, 0, 2]
        assert counts.lows.tolist() == counts.highs.tolist() == [3, 0, 2]
        assert counts.total == (5, 5, 5)
        assert band(counts) == ""
        many = counter.counts(["word " * 200_000] * 3)
        assert many.values.tolist() == [200_000] * 3


def test_a_tokenizer_that_cuts_or_fills_up_texts_still_counts_all_of_them(tokenizer_file: Callable[..., Path]) -> None:
    cut = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    fill = {"strategy": {"Fixed": 100}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
            "pad_type_id": 0, "pad_token": "[UNK]"}  # fmt: skip
    with Tokenizer(tokenizer_file(truncation=cut, padding=fill)) as counter:
        assert counter.counts(["one two three four five"]).values.tolist() == [5]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 100_000, b'{"model": {"type": "BPE"}}', b"\xff\xfe\x00", b"PK\x03\x04"]
)
def test_what_is_no_tokenizer_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(InputRejected, match=r"tokenizer\.json is no tokenizer\.json that can be read\. Take the"):
        Tokenizer(path)


def test_a_missing_and_a_huge_file_are_refused_before_anything_reads_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        Tokenizer(tmp_path / "none.json")
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(tokenizer.LARGEST + 1)
    with pytest.raises(InputRejected, match=r"huge\.json is larger than 100 MB"):
        Tokenizer(huge)


@pytest.mark.parametrize(
    ("pattern", "text", "why"),
    [("x+y", "x" * 500_000, "does not come to an end"), ("(x+x+)+y", "x" * 5_000, "ended with an error")],
)
def test_a_pattern_that_never_ends_does_not_hang_who_asked(
    tokenizer_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, pattern: str, text: str, why: str
) -> None:
    endless = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    with Tokenizer(tokenizer_file(pre_tokenizer=endless)) as counter:
        monkeypatch.setattr(tokenizer, "SECONDS", 2)
        with pytest.raises(InputRejected, match=f"this tokenizer {why}, so it cannot be used"):
            counter.counts([text])


def test_a_tokenizer_that_makes_too_much_of_a_text_ends_and_not_who_asked(tokenizer_file: Callable[..., Path]) -> None:
    grows = {
        "type": "Sequence",
        "normalizers": [{"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 2000}] * 4,
    }
    with Tokenizer(tokenizer_file(normalizer=grows)) as counter:
        with pytest.raises(InputRejected, match="this tokenizer ended with an error, so it cannot be used"):
            counter.counts(["aaaa"])
        with pytest.raises(InputRejected, match="cannot be used"):
            counter.counts(["again"])
