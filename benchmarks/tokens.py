"""How far estimates of tokens are off, held against real tokenizers, by set and by script.

Run it in an environment of its own, which the product never needs (Mistral's package ships two tokenizers):

    python -m venv ../bench && ../bench/bin/pip install 'mistral-common[sentencepiece]' tokenizers numpy pyarrow orjson
    PYTHONPATH=. ../bench/bin/python benchmarks/tokens.py DATA [--tokenizer tokenizer.json]...

DATA is a folder with banking77/train.csv (Casanueva et al. 2020), gsm8k/test.jsonl (Cobbe et al. 2021) and
gpteacher/roleplay.json and codegen.json (teknium1/GPTeacher); sentences in other languages stand in `scripts.toml`
beside this file. Each `--tokenizer` is one more that is held against the estimate.

Ratios are what a tokenizer counts over what is estimated: 1.10 means a tenth more than estimated. A row: set, rows,
the old rule (a quarter of the bytes), the set's total by tokenizer, the band stated for it, and the share of texts
within the band stated for one text. The exit status is 1 where a total lies outside its band, or more than 1 % of the
texts of a large set outside theirs. Measured (Mistral Nemo, Mistral 7B; with `--tokenizer` Claude 2's, from anthropic
0.34, which no weight was fitted to):

    set               rows   bytes/4          total            band            texts within
    banking77         10,003   0.93 0.97 0.94   0.92 0.97 0.93   0.82 to 1.19   0.999 0.997 0.999
    gsm8k              1,319   1.40 1.47 1.17   1.04 1.08 0.87   0.70 to 1.17   1.000 0.999 1.000
    roleplay           1,923   0.79 0.86 0.80   0.97 1.06 0.99   0.84 to 1.15   1.000 0.998 1.000
    codegen            4,535   1.07 1.29 1.13   0.89 1.08 0.95   0.82 to 1.16   1.000 0.998 1.000
    polish_latin           6   1.21 1.58 1.72   0.96 1.26 1.37   0.52 to 1.65   1.000 1.000 1.000
    french_latin           6   0.96 1.26 1.28   0.70 0.92 0.93   0.54 to 1.62   1.000 1.000 1.000
    vietnamese_latin       6   0.86 2.04 2.26   0.57 1.34 1.49   0.53 to 1.64   1.000 1.000 1.000
    russian_cyrillic       6   0.69 0.88 1.14   0.88 1.12 1.46   0.78 to 1.61   0.833 1.000 1.000
    greek_greek            5   0.82 2.20 2.40   0.61 1.63 1.77   0.54 to 1.99   1.000 1.000 1.000
    arabic_arabic          6   0.64 2.00 2.09   0.56 1.75 1.83   0.49 to 2.02   1.000 1.000 1.000
    hebrew_hebrew          5   1.03 2.25 1.97   0.68 1.48 1.29   0.61 to 1.64   1.000 1.000 1.000
    hindi_devanagari       6   0.57 1.64 1.65   0.59 1.68 1.69   0.50 to 2.97   1.000 1.000 1.000
    bengali_bengali        4   0.67 1.67 2.64   0.67 1.66 2.63   0.50 to 2.96   1.000 1.000 1.000
    tamil_tamil            4   0.57 1.66 2.73   0.55 1.61 2.66   0.50 to 2.95   1.000 1.000 1.000
    chinese_han            6   1.24 1.47 1.32   0.92 1.09 0.98   0.69 to 1.24   1.000 1.000 1.000
    japanese_kana          6   0.95 1.48 1.32   0.80 1.24 1.11   0.62 to 1.44   1.000 1.000 1.000
    korean_hangul          6   0.91 1.85 1.80   0.70 1.43 1.39   0.62 to 1.58   1.000 1.000 1.000
    thai_thai              6   0.74 1.37 2.40   0.73 1.36 2.38   0.66 to 2.63   1.000 1.000 1.000
    georgian_georgian      3   0.73 1.56 1.86   0.68 1.47 1.74   0.61 to 1.99   1.000 1.000 1.000
    emoji_symbols          3   1.80 1.47 1.46   1.11 0.91 0.90   0.56 to 1.41   1.000 1.000 1.000
    german_latin           5   0.92 1.18 1.20   0.80 1.03 1.04   0.53 to 1.64   1.000 1.000 1.000
    italian_latin          5   1.03 1.25 1.34   0.88 1.07 1.15   0.52 to 1.64   1.000 1.000 1.000
    indonesian_latin       5   1.04 1.56 1.47   0.92 1.38 1.30   0.52 to 1.64   1.000 1.000 1.000
    finnish_latin          4   1.23 1.63 1.61   1.14 1.51 1.49   0.55 to 1.61   1.000 1.000 1.000
    turkish_latin          4   1.23 1.83 1.68   1.00 1.48 1.37   0.55 to 1.60   1.000 0.750 1.000
    spanish_latin          5   0.98 1.29 1.26   0.76 1.00 0.98   0.52 to 1.65   1.000 1.000 1.000
    english_latin          5   0.87 0.90 0.87   0.95 1.00 0.95   0.85 to 1.15   1.000 1.000 1.000
"""

import argparse
import csv
import json
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import mistral_common
import numpy as np
from mistral_common.tokens.tokenizers.sentencepiece import SentencePieceTokenizer
from mistral_common.tokens.tokenizers.tekken import Tekkenizer
from tokenizers import Tokenizer

from curation.text.tokens import ESTIMATE

LARGE = 1000
"""Texts from which on a share of one in a hundred means something."""
Count = Callable[[str], int]


def sets(data: Path) -> dict[str, list[str]]:
    """The texts of every set by its name."""
    with (data / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        made = {"banking77": [row["text"] for row in csv.DictReader(file)]}
    lines = (data / "gsm8k/test.jsonl").read_text("utf-8").splitlines()
    made["gsm8k"] = ["{question}\n{answer}".format(**json.loads(line)) for line in lines]
    for name in ("roleplay", "codegen"):
        rows = json.loads((data / f"gpteacher/{name}.json").read_text("utf-8"))
        made[name] = ["\n".join(filter(None, (row["instruction"], row["input"], row["response"]))) for row in rows]
    sentences = tomllib.loads((Path(__file__).parent / "scripts.toml").read_text("utf-8"))
    return made | {name: list(texts) for name, texts in sentences.items()}


def counters(files: list[Path]) -> dict[str, Count]:
    """What counts tokens, by its name."""
    folder = Path(str(mistral_common.__file__)).parent / "data"
    nemo = Tekkenizer.from_file(str(folder / "tekken_240911.json"))
    seven = SentencePieceTokenizer(str(folder / "tokenizer.model.v1"))
    made: dict[str, Count] = {
        "Nemo": lambda text: len(nemo.encode(text, bos=False, eos=False)),
        "7B": lambda text: len(seven.encode(text, bos=False, eos=False)),
    }
    for file in files:
        made[file.stem] = _counter(Tokenizer.from_file(str(file)))
    return made


def _counter(given: Tokenizer) -> Count:
    return lambda text: len(given.encode(text, add_special_tokens=False).ids)


def line(name: str, texts: list[str], by: Mapping[str, Count]) -> tuple[str, bool]:
    """A set's line of the table, and whether its bands hold."""
    estimated = ESTIMATE.counts(texts)
    value, low, high = estimated.total
    real = [np.array([count(text) for text in texts], float) for count in by.values()]
    within = [float(np.mean((one >= estimated.lows) & (one <= estimated.highs))) for one in real]
    quarter = sum(len(text.encode()) for text in texts) / 4
    totals = [one.sum() for one in real]
    holds = all(low <= total <= high for total in totals) and (len(texts) < LARGE or min(within) >= 0.99)
    told = [
        f"{name:18}{len(texts):6,}", " ".join(f"{total / quarter:.2f}" for total in totals),
        " ".join(f"{total / value:.2f}" for total in totals), f"{low / value:.2f} to {high / value:.2f}",
        " ".join(f"{share:.3f}" for share in within),
    ]  # fmt: skip
    return "   ".join(told) + ("" if holds else "   OUTSIDE"), holds


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="How far estimates of tokens are off.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--tokenizer", type=Path, action="append", default=[])
    args = parser.parse_args()
    by, holds, characters, seconds = counters(args.tokenizer), True, 0, 0.0
    print("   ".join(["set", "rows", "bytes/4", f"total ({', '.join(by)})", "band", "texts within"]))
    for name, texts in sets(args.data).items():
        start = time.perf_counter()
        ESTIMATE.counts(texts)
        seconds += time.perf_counter() - start
        characters += sum(map(len, texts))
        said, held = line(name, texts, by)
        holds = holds and held
        print(said)
    print(f"{characters / seconds / 1e6:.0f} million characters a second")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
