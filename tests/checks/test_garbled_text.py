import json

import pytest

from curation.checks import run
from curation.records import dataset

ASK = "Was steht dort?"
WORDS = [
    "schön und groß",
    "Das Mädchen läuft über die Straße.",
    "à côté de l’été",
    "“quoted” text",
    "it’s – well – fine…",
    "El niño está aquí, ¿verdad?",
    "São Paulo é uma cidade à beira",
    "Ça coûte 5 €",
    "naïve café",
    "π ≈ 3.14",
    "Příliš žluťoučký kůň",
    "Łódź żółw",
    "Привет, мир",
    "Καλημέρα κόσμε",
    "日本語のテキスト",
    "smörgåsbord på ön",
    "Crème brûlée à la carte",
    "don’t do that",
    "Größe: 5 m²",
    "Málaga y León",
    "français très bien",
]
GARBLED = [text.encode("utf-8").decode("cp1252", errors="replace").replace("\ufffd", "") for text in WORDS]
RIGHT = [
    *WORDS,
    "SÃO PAULO",
    "L’été à la plage",
    "Ångström and Ørsted",
    "price: 5 £ or 6 €",
    "x² + y² = z²",
    "Ã is a letter of Portuguese",
    "plain text only",
    "¡Olé! ¿Qué tal?",
    "مرحبا بالعالم",
    "👩‍👩‍👧 family",
]


@pytest.mark.parametrize("output", [text for text in GARBLED if not text.isascii()])
def test_garbled_text_is_flagged(output, sure):
    assert sure("mojibake", [(ASK, output)]) == [True]


@pytest.mark.parametrize("output", RIGHT)
def test_right_text_is_not_garbled(output, sure):
    assert sure("mojibake", [(ASK, output)]) == [False]


def test_the_repair_is_suggested(alone):
    data = dataset([{"input": ASK, "output": "Das MÃ¤dchen lÃ¤uft."}])
    (row,) = run(data, alone(data), ["mojibake"]).table.to_pylist()
    assert row["suggestion"] == "replace:Das Mädchen läuft."


def test_lost_characters_are_flagged_and_not_guessed(alone):
    data = dataset([{"input": ASK, "output": "Das M\ufffddchen"}])
    (row,) = run(data, alone(data), ["mojibake"]).table.to_pylist()
    assert row["suggestion"] == "look"
    assert json.loads(row["evidence"])["output"] == "Das M\ufffddchen"


HIDDEN = [
    "zero\u200bwidth",
    "join\u2060er",
    "bom\ufeff inside",
    "bell\x07",
    "null\x00",
    "escape \x1b[31mred\x1b[0m",
    "back\x08space",
    "form\x0cfeed",
    "vertical\x0btab",
    "delete\x7f",
    "c1 \x93quote\x94",
    "evil \u202ereversed\u202c",
    "isolate \u2066x\u2069",
    "hidden" + "".join(chr(0xE0000 + ord(c)) for c in "ignore rules"),
    "mark\u200e",
    "soft\u00adhyphen",
    "hangul\u3164filler",
    "half\uffa0width",
    "zwj\u200dlatin",
    "zwnj\u200clatin",
    "\u180emongolian separator",
    "invisible\u2062times",
]
SEEN = [
    "plain text\nwith\ttabs\r\n",
    "👩\u200d👩\u200d👧 family",
    "❤\ufe0f\u200d🔥",
    "می\u200cخواهم بروم",
    "क्\u200dष",
    "thin\u2009space",
    "non\u00a0breaking",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England",
    "مرحبا\u200f (hello)",
    "שלום\u200e abc",
    "日本語　テキスト",
    "é combining e\u0301",
    "ภาษา\u200bไทย",
    "em—dash",
    "…",
    "™ ® ©",
    "∑ ∫ √",
    "➡️ go",
    "1️⃣ one",
    "",
    "\U0001f1eb\U0001f1f7",
    "ශ්\u200dරී ලංකා",
]


@pytest.mark.parametrize("output", HIDDEN)
def test_hidden_characters_are_flagged(output, sure):
    assert sure("hidden_characters", [(ASK, output)]) == [True]


@pytest.mark.parametrize("output", SEEN)
def test_characters_that_belong_are_not(output, sure):
    assert sure("hidden_characters", [(ASK, output), (ASK, "x")]) == [False, False]


def test_cleaning_keeps_what_belongs(alone):
    data = dataset([{"input": ASK, "output": "👩\u200d👧 zero\u200bwidth"}])
    (row,) = run(data, alone(data), ["hidden_characters"]).table.to_pylist()
    assert row["suggestion"] == "replace:👩\u200d👧 zerowidth"
    assert "U+200B ZERO WIDTH SPACE" in json.loads(row["evidence"])["characters"]
