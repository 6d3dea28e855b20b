"""The dataset card and croissant.json: what a hub reads of an export, worked out from its rows and said as declared."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from curation.cli.main import main
from curation.export import read
from curation.export.card.about import hub_licence

GERMAN = (
    "Bitte sagen Sie mir, wann {0} aus {1} endlich bei mir ankommen wird.",
    "Warum wurde mir {0} doppelt berechnet, obwohl ich in {1} schon bezahlt habe?",
    "Ich möchte {0} gern zurückgeben, weil die Farbe nicht zu meiner Küche in {1} passt.",
)
ENGLISH = (
    "Please tell me when {0} from {1} will arrive at my door.",
    "Why have I been charged twice for {0}, although I paid for it in {1} already?",
    "I would like to return {0}, since its colour does not go with my kitchen in {1}.",
)
THINGS = ["the kettle", "this lamp", "a router", "my tent", "one mixer", "that phone", "the cable", "your desk", "a chair",
          "the shelf", "my mattress", "some cutlery", "that drill"]  # fmt: skip
TOWNS = ["Aalen", "Bonn", "Calw", "Dachau", "Essen", "Fulda", "Gera"]


def sentence(n: int, german: bool = False) -> str:
    return (GERMAN if german else ENGLISH)[n % 3].format(THINGS[n % 13], TOWNS[n % 7])


def tickets(path: Path, german: int = 15, english: int = 30) -> Path:
    texts = [sentence(n, german=True) for n in range(german)] + [sentence(n) for n in range(english)]
    rows = [{"question": text, "answer": f"As far as we know it is the {n}th."} for n, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def exported(tmp_path: Path, licence: str = "", *words: str, name: str = "out") -> Path:
    context = tmp_path / "context.toml"
    context.write_text(f'[data]\nlicence = "{licence}"\n' if licence else "", "utf-8")
    file = tickets(tmp_path / "tickets.jsonl")
    assert main(["run", str(file), "--context", str(context), "--out", str(tmp_path / name), "--quiet", *words]) == 0
    return tmp_path / name


def front(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((out / "README.md").read_text("utf-8").split("---\n")[1])
    return found


def test_the_card_says_what_a_hub_reads(tmp_path: Path) -> None:
    out = exported(tmp_path, "CC BY 4.0")
    said = front(out)
    assert said["license"] == "cc-by-4.0"
    assert said["language"] == ["en", "de"]
    assert said["task_categories"] == ["text-generation"]
    assert said["size_categories"] == ["n<1K"]
    assert [file["split"] for file in said["configs"][0]["data_files"]] == ["train", "validation", "test"]
    assert "Licence: CC BY 4\\.0." in (out / "README.md").read_text("utf-8")
    assert read(out).about["languages"] == pytest.approx({"en": 30 / 45, "de": 15 / 45}, abs=0.001)


def test_a_licence_that_no_hub_knows_is_named_and_one_that_nobody_gave_is_asked_for(tmp_path: Path) -> None:
    own = front(exported(tmp_path, "Ours: inside the company only!", name="own"))
    assert (own["license"], own["license_name"]) == ("other", "ours-inside-the-company-only")
    out = exported(tmp_path, name="none")
    assert "license" not in front(out)
    assert "Licence: not given. Say it before you pass this set on" in (out / "README.md").read_text("utf-8")
    assert [hub_licence(name) for name in ("", "MIT", "Apache 2.0", "mine")] == ["", "mit", "apache-2.0", "other"]


def test_tokens_are_told_by_split_with_the_band_of_the_estimate_or_counted(
    tmp_path: Path, word_tokenizer: Path
) -> None:
    guessed = read(exported(tmp_path, name="guessed")).about["tokens"]
    assert guessed["how"] == "estimated"
    assert all(one["least"] < one["total"] < one["most"] for one in guessed["splits"].values())
    out = exported(tmp_path, "", "--tokenizer", str(word_tokenizer), name="counted")
    told = read(out).about["tokens"]
    assert told["how"] == "counted"
    assert told["tokenizer"] == hashlib.sha256(word_tokenizer.read_bytes()).hexdigest()
    for split, one in told["splits"].items():
        rows = pq.read_table(out / f"{split}.parquet", columns=["input", "output"]).to_pylist()
        words = [len(f"{row['input']} {row['output']}".split()) for row in rows]
        # a chat template is taken to add 8 to each of the two turns
        assert one["total"] == one["least"] == one["most"] == sum(words) + 16 * len(words)
        assert one["longest"] == max(words) + 16
        assert one["answers"] == sum(len(row["output"].split()) for row in rows)
        assert f"| {split} | {one['total']:,} | {one['answers']:,} |" in (out / "README.md").read_text("utf-8")


def test_the_largest_similarity_across_splits_names_the_two_rows(tmp_path: Path) -> None:
    out = exported(tmp_path)
    found = read(out).about["similarity"]
    ids = {
        split: pq.read_table(out / f"{split}.parquet")["id"].to_pylist() for split in ("train", "validation", "test")
    }
    assert found["train"] in ids["train"]
    assert found["held_out"] in ids["validation"] + ids["test"]
    assert (found["train_rows"], found["held_out_rows"]) == (len(ids["train"]), 45 - len(ids["train"]))
    assert 0.5 < found["largest"] < 1
    said = f"share {round(100 * found['largest'])} % of their character sequences"
    assert said in (out / "README.md").read_text("utf-8")


def test_croissant_names_every_file_with_its_hash_and_every_column_with_something_in_it(tmp_path: Path) -> None:
    out = exported(tmp_path, "mit", "--format", "parquet", "--format", "csv")
    said = json.loads((out / "croissant.json").read_bytes())
    files = {file["@id"]: file for file in said["distribution"]}
    assert set(files) == {f"{split}.{end}" for split in ("train", "validation", "test") for end in ("parquet", "csv")}
    for name, file in files.items():
        assert file["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()
        assert file["contentUrl"] == name
    assert (said["license"], said["inLanguage"]) == ("mit", ["en", "de"])
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    (train, *_) = said["recordSet"]
    assert train["@id"] == "train"
    columns = [field["source"]["extract"]["column"] for field in train["field"]]
    assert columns == ["id", "input", "output", "source", "split", "weight", "meta"]
    assert "croissant.json" in read(out).files


def test_turns_of_a_conversation_are_fields_within_a_field(tmp_path: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": sentence(n)},
                      {"role": "assistant", "content": f"On day {n}."}]}
        for n in range(20)
    ]  # fmt: skip
    file = tmp_path / "chat.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert main(["run", str(file), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    said = json.loads((tmp_path / "out" / "croissant.json").read_bytes())
    (turns,) = [field for field in said["recordSet"][0]["field"] if field["@id"] == "train/messages"]
    assert turns["repeated"] is True
    parts = {part["@id"]: part["source"] for part in turns["subField"]}
    assert parts["train/messages/role"]["transform"] == {"jsonPath": "role"}
    assert parts["train/messages/content"]["extract"] == {"column": "messages"}


def test_the_same_rows_give_the_same_card_and_croissant(tmp_path: Path) -> None:
    one, other = exported(tmp_path, "mit", name="one"), exported(tmp_path, "mit", name="other")
    for name in ("README.md", "croissant.json", "manifest.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
