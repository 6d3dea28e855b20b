"""Flags do what they say: each is read by its command, settings reach what they set, a seed changes what it seeds."""

import argparse
import ast
import importlib
import inspect
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from curation.checks import check
from curation.cli import flags, inputs, layout, main, printing
from curation.cli.flags import given
from curation.cli.parser import COMMANDS, build_parser, module_of
from curation.dedup import Settings as DedupSettings
from curation.records.settings import options

SAMPLE = Path(__file__).parents[2] / "sample_data" / "support_tickets.csv"
SHARED = {
    name: function
    for module in (flags, inputs, layout, printing)
    for name, function in inspect.getmembers(module, inspect.isfunction)
}
NEVER_READ = {"help", "debug", "verb", "quiet"}
"""argparse answers --help and knows the verbs; --debug is looked for among the words, which may be what is wrong; the
bar reads --quiet of every command."""


def command(name: str) -> argparse.ArgumentParser:
    (verbs,) = (a for a in build_parser([name])._actions if isinstance(a, argparse._SubParsersAction))
    return verbs.choices[name]


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Every action of a command, also of its own verbs."""
    found = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += [inner for verb in action.choices.values() for inner in actions(verb)]
    return found


def read_in(source: str) -> tuple[set[str], set[str]]:
    """The attributes of `args` that a piece of source reads, and the names it mentions."""
    nodes = list(ast.walk(ast.parse(source)))
    attributes = {n.attr for n in nodes if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == "args"}
    return attributes, {n.id for n in nodes if isinstance(n, ast.Name)}


def read_by(name: str) -> tuple[set[str], set[str]]:
    """The attributes of `args` that a command reads, itself or by the shared functions it calls, and the names met."""
    attributes, names = read_in(inspect.getsource(importlib.import_module(module_of(name))))
    waiting, seen = names & set(SHARED), set()
    while waiting:
        shared = waiting.pop()
        seen.add(shared)
        more, called = read_in(inspect.getsource(SHARED[shared]))
        attributes |= more
        names |= called
        waiting |= (called & set(SHARED)) - seen
    return attributes, names


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_is_read(name: str) -> None:
    dests = {action.dest for action in actions(command(name))} - NEVER_READ
    settings = {dest for dest in dests if "." in dest}
    attributes, names = read_by(name)
    assert (dests - settings) - attributes == set()
    assert not settings or "given" in names


def test_every_setting_of_a_check_has_its_flag() -> None:
    parser = command("check")
    for plugin in check.all().values():
        for option in options(plugin.settings):
            flag = f"--{plugin.name}-{option.name}".replace("_", "-")
            words = (
                [flag] if option.kind is bool else [flag, str(option.choices[0] if option.choices else option.default)]
            )
            args = parser.parse_args(["a.csv", "--out", "f.parquet", *words])
            assert list(given(args, plugin.name)) == [option.name], flag


def test_every_setting_of_near_duplicates_has_its_flag() -> None:
    words = ["--on", "pair", "--threshold", "0.8", "--shingle", "4", "--keeper", "oldest", "--seed", "7"]
    words += ["--num-perm", "64", "--workers", "1", "--exact-below", "10", "--cluster-cap", "50"]
    args = command("dedup").parse_args(["a.csv", "--out", "c.parquet", *words])
    assert DedupSettings(**given(args, "dedup")) == DedupSettings("pair", 0.8, 4, "oldest", 7, 64, 1, 10, 50)


def test_help_lists_the_settings_of_each_check_with_their_range(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["check", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "settings of label_noise: --label-noise-smallest-class N" in text
    assert "a whole number from 10 to 1,000 (built in: 20)" in text
    assert "--no-pii-email" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "--label-noise-fewest-rows", "3"], "--label-noise-fewest-rows: fewest_rows is 3; choose a whole number from 10 to 1,000"),
        (["check", "--label-noise-ranking", "best"], "root_margin or normalized_margin or self_confidence"),
        (["dedup", "--threshold", "2"], "--threshold: threshold is 2.0; choose a number from 0.3 to 1.0"),
        (["dedup", "--workers", "0"], "--workers: workers is 0; choose a whole number from 1 to 64"),
        (["dedup", "--engine", "local"], "unrecognized arguments: --engine"),
        (["check", "--scheduler", "tcp://host:8786"], "add --engine dask"),
        (["check", "--threshold", "0.5"], "unrecognized arguments: --threshold"),
    ],
)  # fmt: skip
def test_a_flag_out_of_range_or_of_another_command_is_refused(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([words[0], str(SAMPLE), "--out", str(tmp_path / "o.parquet"), *words[1:]]) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def findings(tmp_path: Path, *words: str) -> pd.DataFrame:
    out = tmp_path / "f.parquet"
    assert main.main(["check", str(SAMPLE), "--out", str(out), "--quiet", *words]) == 0
    return pd.read_parquet(out)


def test_a_setting_changes_what_its_check_finds(tmp_path: Path) -> None:
    only = ("--only", "class_imbalance")
    assert findings(tmp_path, *only).empty
    assert not findings(tmp_path, *only, "--class-imbalance-fewest-rows", "500").empty


def test_an_evaluation_set_is_held_against_the_rows(tmp_path: Path) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "eval.csv").write_text("\n".join([lines[0], *lines[3:6]]) + "\n", encoding="utf-8")
    against = ("--only", "leakage", "--against", str(tmp_path / "eval.csv"))
    assert {2, 3, 4} <= set(findings(tmp_path, *against)["row"])
    assert findings(tmp_path, *against, "--no-leakage-on-input").empty


def clusters(tmp_path: Path, *words: str) -> bytes:
    """The clusters of near-duplicates that 16 permutations find only sometimes, as the bytes written."""
    rng = np.random.default_rng(5)
    rows = []
    for n in range(60):
        words_of = [f"{w}{n}" for w in rng.choice(["lamp", "chair", "phone", "table", "shelf", "plate"], 12)]
        rows += [" ".join(words_of), " ".join([*words_of[:10], "another", "ending"])]
    (tmp_path / "a.csv").write_text("input,output\n" + "".join(f"{text},fine {n}\n" for n, text in enumerate(rows)))
    out = tmp_path / "c.parquet"
    few = ["--num-perm", "16", "--exact-below", "0", "--quiet"]
    assert main.main(["dedup", str(tmp_path / "a.csv"), "--out", str(out), *few, *words]) == 0
    return out.read_bytes()


def test_dedup_runs_the_seed_it_is_given(tmp_path: Path) -> None:
    built_in = clusters(tmp_path)
    assert clusters(tmp_path, "--seed", "1") == built_in
    assert any(clusters(tmp_path, "--seed", str(seed)) != built_in for seed in range(2, 8))


def exported(tmp_path: Path, *words: str) -> dict:
    rows = [
        {"q": f"where is my {n} order of {thing}", "a": f"It left on day {n}.", "w": n % 3}
        for n in range(20)
        for thing in ("lamps", "chairs")
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    columns = ["--input", "q", "--output", "a", "--quiet"]
    assert main.main(["run", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "out"), *columns, *words]) == 0
    return json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))


def test_an_export_is_divided_weighed_and_written_as_its_flags_say(tmp_path: Path) -> None:
    words = ["--shares", "0.5,0,0.5", "--weight-column", "w", "--format", "parquet", "--format", "jsonl_chat"]
    manifest = exported(tmp_path, *words, "--parquet-level", "9", "--jsonl-chat-system", "Be kind.")
    assert manifest["shares"] == [0.5, 0.0, 0.5]
    assert manifest["counts"]["validation"] == 0
    assert manifest["counts"]["test"] >= 5
    assert manifest["formats"]["parquet"]["settings"]["level"] == 9
    assert manifest["formats"]["jsonl_chat"]["settings"]["system"] == "Be kind."
    train = pd.read_parquet(tmp_path / "out" / "train.parquet")
    assert train["weight"].tolist() == [json.loads(meta)["w"] for meta in train["meta"]]
    line = (tmp_path / "out" / "train.chat.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert json.loads(line)["messages"][0] == {"role": "system", "content": "Be kind."}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--shares", "0.9,0.2,0.1"], "must sum to 1"),
        (["--shares", "most"], "'most' is not three numbers"),
        (["--parquet-level", "30"], "a whole number from 1 to 22"),
        (["--jsonl-chat-system", "Be kind."], "add --format jsonl_chat"),
        (["--format", "docx"], "There is no export format 'docx'"),
    ],
)
def test_an_export_that_cannot_be_is_refused_before_any_work(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["run", str(SAMPLE), "--out", str(tmp_path / "out"), *words]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "stored" not in error
    assert list(tmp_path.iterdir()) == []


def test_json_is_printed_where_it_is_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "c.parquet")
    assert main.main(["dedup", str(SAMPLE), "--out", out, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["unique"] > 0
    offered = {name for name in COMMANDS for action in actions(command(name)) if action.dest == "json"}
    assert set(COMMANDS) - offered == {"context", "report", "app", "serve", "completion"}
