"""Languages told for many texts at once: as py3langid tells them one by one, relatives as one, short texts not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from curation.text import language
from curation.text.language import likeliest

TEXTS = (
    "Chciałbym zmienić adres dostawy, ponieważ w przyszłym miesiącu przeprowadzam się do Gdańska.",
    "Où puis-je télécharger la facture de ma dernière commande, s'il vous plaît?",
    "KÖNNEN SIE MIR BITTE SAGEN WANN DIE BESTELLUNG BEI MIR ANKOMMEN WIRD",
    "我想更改送货地址，因为下个月我要搬到上海，请问需要提供什么材料才可以办理呢？",
)


def test_a_batch_is_told_as_each_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rank = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).rank
    monkeypatch.setattr(language, "BATCH", 3)
    found = likeliest([*TEXTS, "Where is the invoice for the order that you sent to me?", "12 34"], 40, {})
    assert found[4:] == [("en", 1.0), None]
    for text, told in zip(TEXTS, found, strict=False):
        name, probability = rank(text)[0]
        assert told is not None
        assert told[0] == name
        assert told[1] == pytest.approx(probability, abs=1e-4)


def test_relatives_count_as_one() -> None:
    (alone,), (together,) = (likeliest(TEXTS[:1], 40, families) for families in ({}, {"pl": "x", "cs": "x"}))
    assert alone is not None
    assert together is not None
    assert together[0] == "x"
    assert together[1] >= alone[1]


SIGNS = st.text(st.sampled_from("ab the and é漢0123 \n@`<>:/.,_-#"), max_size=60)


@given(SIGNS)
@example("see https://a.b/c1 and `x = 1` or <b class=1>the</b> a@b.c 12th no.5,")
@example("the " * 3 + "x" * 50 + "7 and ü7ü\u0663 the")
def test_what_is_no_word_is_found_by_the_kinds_that_are_there_as_by_all_of_them(text: str) -> None:
    every = language._not_words((True,) * len(language.NOT_WORDS))
    assert language._words_alone(text) == every.sub(" ", text)


@given(SIGNS)
@example("The courier, THE card: it is what_the and you're to-the")
def test_common_words_and_letters_of_ascii_are_counted_as_those_of_any_text(text: str) -> None:
    share = len(language.ENGLISH.findall(text)) > language.SHARE_OF_ENGLISH * len(text.split())
    assert language._is_english(text) == share
    assert language._letters(text) == sum(map(str.isalpha, text))
