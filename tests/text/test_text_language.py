"""Languages told for many texts at once: as py3langid tells them one by one, relatives as one, short texts not."""

import pytest
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
