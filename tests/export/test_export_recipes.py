"""Recipes stand beside the data, complete and with reasons; a preflight names what a trainer would not learn."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from curation.cli.main import main
from curation.export import read, recipe

TOOLS = [{"type": "function", "function": {"name": "status", "parameters": {"type": "object", "properties": {}}}}]


def chats(path: Path, count: int = 40, **changed: object) -> Path:
    words = ["kettle", "lamp", "router", "tent", "mixer", "phone", "cable", "desk", "chair", "shelf"]
    rows = []
    for n in range(count):
        asked = f"Where is the {words[n % 10]} of order {n * 7919}, which I sent back from town {n * 31} last week?"
        turns = [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": f"Parcel {n * 97} is on its way."},
        ]
        rows.append({"messages": turns, "tools": TOOLS})
    for place, value in changed.items():
        rows[int(place[1:])]["messages"] = value
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def pairs(path: Path) -> Path:
    rows = [
        {"prompt": f"What about order {n * 7919}, sent from town {n * 31}?", "chosen": f"It left on day {n}.", "rejected": "No."}
        for n in range(40)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def run(file: Path, *words: str) -> Path:
    out = file.parent / "out"
    assert main(["run", str(file), "--out", str(out), "--quiet", *words]) == 0
    return out


@pytest.mark.parametrize("name", list(recipe.all()))
@pytest.mark.parametrize("method", ["sft", "dpo"])
def test_a_recipe_names_files_that_are_there_and_a_reason_for_its_numbers(
    tmp_path: Path, name: str, method: str
) -> None:
    file = chats(tmp_path / "a.jsonl") if method == "sft" else pairs(tmp_path / "a.jsonl")
    out = run(file, "--recipe", name, f"--{name.replace('_', '-')}-model", "tiny")
    known = recipe.all()[name].parts["methods"]
    text = (out / f"{name}_{method if method in known else 'sft'}.yaml").read_text("utf-8")
    sections = yaml.safe_load(text)
    chosen = sections | {
        key: value for part in sections.values() if isinstance(part, dict) for key, value in part.items()
    }
    values = list(chosen.values())
    assert "tiny" in values or " --config tiny " in text
    assert 256 in values
    assert any(isinstance(value, float) and 0 < value < 1e-3 for value in values), "no learning rate that YAML reads"
    for key in ("lora_r", "lora_rank"):
        if key in chosen:
            assert chosen[key] == 16
            assert "tokens of answers" in next(
                line for line in text.splitlines() if line.lstrip().startswith(f"{key}:")
            )
    files = read(out).files
    assert any(
        f"train.{suffix}" in files
        for suffix in ("prompt_completion.jsonl", "chat.jsonl", "sharegpt.json", "preference.jsonl")
    )
    assert main(["preflight", str(out), "--trainer", name, "--quiet"]) == 0


def test_llama_factory_is_told_only_of_columns_that_are_there(tmp_path: Path) -> None:
    out = run(chats(tmp_path / "a.jsonl"), "--recipe", "llama_factory")
    info = json.loads((out / "dataset_info.json").read_text("utf-8"))
    assert info["curated_train"]["columns"] == {"messages": "conversations", "tools": "tools"}
    for entry in info.values():
        rows = json.loads((out / entry["file_name"]).read_text("utf-8"))
        assert all(name in rows[0] for name in entry["columns"].values())


def test_rows_beyond_the_limit_are_named_and_the_exit_status_is_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = run(chats(tmp_path / "a.jsonl"), "--recipe", "trl")
    capsys.readouterr()
    assert main(["preflight", str(out), "--trainer", "trl", "--max-length", "40", "--json", "--quiet"]) == 4
    found = json.loads(capsys.readouterr().out)
    (problem,) = [problem for problem in found["problems"] if problem["effect"] in ("cut", "dropped")]
    assert problem["rows"] == found["rows"] == 36
    assert len(problem["first"]) == 20
    import pyarrow.parquet as pq

    assert problem["first"] == pq.read_table(out / "train.parquet")["id"].to_pylist()[:20]


def test_turns_that_do_not_alternate_are_dropped_by_llama_factory_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = [{"role": "user", "content": "Hello there, is anybody in?"}, {"role": "user", "content": "Where is it?"},
             {"role": "assistant", "content": "On its way to you."}]  # fmt: skip
    file = chats(tmp_path / "a.jsonl", r3=twice)
    out = run(file, "--recipe", "llama_factory", "--recipe", "axolotl", "--shares", "1,0,0")
    assert main(["preflight", str(out), "--trainer", "llama_factory", "--quiet"]) == 4
    assert "1 row would be dropped: the turns do not alternate" in capsys.readouterr().out
    assert main(["preflight", str(out), "--trainer", "axolotl", "--quiet"]) == 0
    assert main(["preflight", str(out), "--trainer", "trl", "--quiet"]) == 2


def test_torchtune_stops_at_what_its_own_rules_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twice = [{"role": "user", "content": "Hello there, is anybody in?"}, {"role": "user", "content": "Where is it?"},
             {"role": "assistant", "content": "On its way to you."}]  # fmt: skip
    called = [{"role": "user", "content": "Where is order 12, which I sent?"},
              {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "status", "arguments": "{}"}}]},
              {"role": "tool", "content": "sent"}, {"role": "assistant", "content": "It is on its way."}]  # fmt: skip
    out = run(chats(tmp_path / "a.jsonl", r3=twice, r5=called), "--recipe", "torchtune", "--shares", "1,0,0")
    problems = {one["kind"]: one for one in found_by(out, "torchtune", capsys)["problems"]}
    assert problems["the turns do not alternate"]["effect"] == "refused"
    assert problems["a turn that is no text (calls of tools, pictures)"]["effect"] == "refused"
    assert [one["rows"] for one in problems.values()] == [1, 1]


def test_each_line_of_torchtunes_settings_becomes_one_argument(tmp_path: Path) -> None:
    out = run(chats(tmp_path / "a.jsonl"), "--recipe", "torchtune", "--torchtune-model", "tiny/lora")
    text = (out / "torchtune_sft.yaml").read_text("utf-8")
    command = next(line for line in text.splitlines() if "tune run" in line).removeprefix("# ")
    shell = ["sh", "-c", command.replace("tune run", "printf '%s\\n'")]
    said = subprocess.run(shell, cwd=out, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[:3] == ["lora_finetune_single_device", "--config", "tiny/lora"]
    given = dict(word.split("=") for word in said[3:])
    assert {name: yaml.safe_load(value) for name, value in given.items()} == yaml.safe_load(text)


def test_torchtune_reads_pairs_as_whole_conversations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(pairs(tmp_path / "a.jsonl"), "--recipe", "torchtune", "--shares", "1,0,0")
    first = json.loads((out / "train.preference.jsonl").read_text("utf-8").splitlines()[0])
    assert first.keys() == {"chosen", "rejected"}
    assert [turn["role"] for turn in first["chosen"]] == ["user", "assistant"]
    assert first["chosen"][0] == first["rejected"][0]
    assert first["rejected"][1]["content"] == "No."
    settings = yaml.safe_load((out / "torchtune_dpo.yaml").read_text("utf-8"))
    assert settings["dataset._component_"] == "torchtune.datasets.preference_dataset"
    assert found_by(out, "torchtune", capsys)["problems"] == []


def test_two_recipes_that_want_one_format_in_two_ways_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path / "out"), "--recipe", "trl", "--recipe", "axolotl", "--quiet"]
    assert main(["run", str(pairs(tmp_path / "a.jsonl")), *words]) == 2
    assert "Write two exports." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "left"), [(["--cap-per-label", "5"], {"a": 5, "b": 4}), (["--balance"], {"a": 4, "b": 4})]
)
def test_rows_of_large_labels_are_left_out_with_the_reason(
    tmp_path: Path, words: list[str], left: dict[str, int]
) -> None:
    import pyarrow.parquet as pq

    towns = ["paris", "rome", "oslo", "bern", "kiev", "lima", "cairo", "delhi", "tokyo", "accra", "quito", "sofia"]
    lines = [f"a parcel from {town} came with the wrong {n} things,a" for n, town in enumerate(towns)]
    lines += [f"{town} never wrote back about invoice {n * 91},b" for n, town in enumerate(towns[:4])]
    file = tmp_path / "a.csv"
    file.write_text("text,label\n" + "\n".join(lines) + "\n", "utf-8")
    out = run(file, *words)
    labels = [
        label
        for split in ("train", "validation", "test")
        for label in pq.read_table(out / f"{split}.parquet")["label"].to_pylist()
    ]
    assert {label: labels.count(label) for label in set(labels)} == left
    reasons = pq.read_table(out / "removed.parquet")["reason"].to_pylist()
    said = "over the cap of 5 rows per label" if "--cap-per-label" in words else "left out to balance the labels"
    assert reasons.count(said) == 12 - left["a"]
    assert len(labels) + len(reasons) == 16


def found_by(out: Path, trainer: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    capsys.readouterr()
    main(["preflight", str(out), "--trainer", trainer, "--json", "--quiet", *words])
    return json.loads(capsys.readouterr().out)


def test_a_recipe_for_kto_trains_two_rows_at_once(tmp_path: Path) -> None:
    for name in ("trl", "llama_factory"):
        out = run(pairs(tmp_path / "a.jsonl"), "--recipe", name, f"--{name.replace('_', '-')}-method", "kto")
        chosen = yaml.safe_load((out / f"{name}_kto.yaml").read_text("utf-8"))
        assert chosen["per_device_train_batch_size"] >= 2, "TRL refuses one row alone"


def test_a_row_with_two_faults_is_one_row_that_is_not_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = [{"role": "user", "content": "Where is it? " * 4000}, {"role": "user", "content": "And when?"},
            {"role": "assistant", "content": "On its way to you."}]  # fmt: skip
    out = run(chats(tmp_path / "a.jsonl", r3=long), "--recipe", "llama_factory", "--shares", "1,0,0")
    found = found_by(out, "llama_factory", capsys, "--max-length", "1000")
    effects = {problem["kind"]: problem["effect"] for problem in found["problems"]}
    assert effects == {
        "longer than 1,000 tokens before the answer begins": "cut",
        "the turns do not alternate": "dropped",
    }
    assert found["fatal"] == 1


def test_where_only_the_last_answer_is_learned_the_others_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = [{"role": "user", "content": "Hello, is anybody there?"}, {"role": "assistant", "content": "Yes, hello."},
              {"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its way."}]  # fmt: skip
    file = chats(tmp_path / "a.jsonl", r3=rounds)
    out = run(file, "--recipe", "trl", "--recipe", "axolotl", "--shares", "1,0,0")
    before = "answers and tool calls before the last answer"
    assert found_by(out, "trl", capsys)["ignored"][before] == 1
    assert before not in found_by(out, "axolotl", capsys)["ignored"]


def test_axolotl_stops_at_preferred_answers_that_are_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = {"type": "function", "function": {"name": "status", "arguments": "{}"}}
    rows = [
        {"prompt": [{"role": "user", "content": f"Where is order {n * 7919}, sent from town {n * 31}?"}],
         "chosen": [{"role": "assistant", "content": f"It left on day {n}."} if n else
                    {"role": "assistant", "content": None, "tool_calls": [call]}],
         "rejected": [{"role": "assistant", "content": f"No idea, {n}."}]}
        for n in range(20)
    ]  # fmt: skip
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    out = run(file, "--recipe", "axolotl", "--shares", "1,0,0")
    (problem,) = found_by(out, "axolotl", capsys)["problems"]
    assert (problem["effect"], problem["rows"]) == ("refused", 1)
    assert problem["kind"] == "a turn that is no text (calls of tools, pictures)"


def test_every_recipe_trains_into_a_folder_of_its_own(tmp_path: Path) -> None:
    out = run(chats(tmp_path / "a.jsonl"), *(word for name in ("trl", "llama_factory") for word in ("--recipe", name)))
    folders = {
        yaml.safe_load((out / f"{name}_sft.yaml").read_text("utf-8"))["output_dir"] for name in ("trl", "llama_factory")
    }
    assert folders == {"../trained_trl_sft", "../trained_llama_factory_sft"}


def test_the_card_lists_what_loads_by_itself_and_says_how_the_rest_does(tmp_path: Path) -> None:
    words = [word for name in ("parquet", "jsonl_chat", "sharegpt", "csv") for word in ("--format", name)]
    card = (run(chats(tmp_path / "a.jsonl"), *words, "--shares", "1,0,0") / "README.md").read_text("utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default"]
    assert 'datasets.load_dataset("path/to/this/folder")\n' in card
    assert 'datasets.load_dataset("json", data_files={"train": "train.chat.jsonl"})' in card
    assert 'datasets.load_dataset("csv", data_files={"train": "train.csv"})' in card
    words = [word for name in ("jsonl_chat", "sharegpt") for word in ("--format", name)]
    card = (run(chats(tmp_path / "a.jsonl"), *words, "--shares", "1,0,0") / "README.md").read_text("utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    assert [config["config_name"] for config in front["configs"]] == ["default", "jsonl_chat", "sharegpt"]
    assert 'datasets.load_dataset("path/to/this/folder", "sharegpt")' in card
