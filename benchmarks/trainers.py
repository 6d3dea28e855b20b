"""What the real trainers make of an export: every file loaded, every recipe run, every text that is learned looked at.

    python benchmarks/trainers.py --make ENVIRONMENTS        # once: an environment for each trainer (10 GB)
    python benchmarks/trainers.py --environments ENVIRONMENTS [--only NAME]...

Small sets (chats with tools and system turns, alpaca, preference pairs) are exported by `curation run` with a recipe
each. Then, in environments of their own, since their pins disagree and none is a dependency of ours:

- `datasets` loads every file by the lines of its card, with as many rows as the manifest says;
- TRL trains two steps by SFT, DPO and KTO from the written recipe, LoRA adapters move, and `trl sft --config ...` and
  the written script run from start to end;
- LLaMA-Factory's loader and axolotl's configuration check and prompt strategies read the written files, and
  `llamafactory-cli train` runs from start to end by SFT, DPO and KTO;
- Unsloth's configuration check takes the recipe (`unsloth train --dry-run`);
- of a set with faults, each trainer leaves out as many rows as `curation preflight` says.

Everywhere the text that is learned must be the answers and nothing else. The model is tiny, random and made on the
spot, with a tokenizer trained on the texts; nothing is downloaded but packages. It takes about 15 minutes on two
cores.
"""

import argparse
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from curation.cli.main import main as curation
from curation.export import read

INSIDE = Path(__file__).resolve().parent / "in_trainers"
ENVIRONMENTS = {
    "trl": (["torch==2.13.0", "trl==1.16.0", "peft==0.21.2", "datasets==5.2.0", "transformers==5.24.0"], []),
    "llama_factory": (["llamafactory==0.9.5"], []),
    "axolotl": (
        [
            "torch==2.13.0", "trl==1.9.0", "peft==0.20.0", "datasets==4.8.4", "transformers==5.16.1",
            "accelerate==1.13.0", "tokenizers==0.23.1", "huggingface_hub==1.17.0", "pydantic==2.12.5",
            "mistral-common==1.11.5", "kernels==0.16.0", "posthog==6.7.11", "addict", "colorama", "einops", "fire",
            "numba", "python-dotenv", "requests", "sentencepiece", "typer",
        ],
        # its other pins are for GPUs and services that nothing here uses
        ["axolotl==0.19.0", "axolotl-contribs-lgpl==0.0.7", "axolotl-contribs-mit==0.0.6"],
    ),
    "unsloth": (["click", "pydantic", "pyyaml", "typer"], ["unsloth==2026.10.9"]),
}  # fmt: skip
"""Packages of each environment, with what they need and without."""
THINGS = "kettle lamp router tent mixer phone cable desk chair shelf stove clock radio mirror carpet".split()  # noqa: SIM905
ROWS = 20
END = "<|im_end|>"


def tool(name: str, **properties: str) -> dict[str, Any]:
    """The definition of a tool whose arguments have these types."""
    typed = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": typed, "required": list(properties)}
    function = {"name": name, "description": f"Looks up: {name}", "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = [tool("order_status", order="string"), tool("opening_hours", town="integer", days="array")]
"""Two tools with other arguments: a table that merges their keys would write null for those a call has not."""


def asked(n: int) -> str:
    """A question no other row repeats."""
    return f"Where is the {THINGS[n % 15]} of order {n * 7919}, which I sent back from town {n * 31 + 7} last week?"


def answered(n: int) -> str:
    """Its answer."""
    return f"Parcel {n * 97} is on its way to depot {n * 13 + 5}."


def chat(n: int) -> dict[str, Any]:
    """A chat behind a system turn, every other one with a call of a tool, every third with an earlier round."""
    turns = [{"role": "system", "content": "You answer for a shop."}]
    if n % 3 == 0:
        turns += [{"role": "user", "content": f"Hello, shop {n}?"}, {"role": "assistant", "content": f"Hello, {n}."}]
    turns.append({"role": "user", "content": asked(n)})
    if n % 2:
        call = {"name": "order_status", "arguments": json.dumps({"order": str(n * 7919)})}
        if n % 4 == 1:
            call = {"name": "opening_hours", "arguments": json.dumps({"town": n * 31 + 7, "days": [1, n]})}
        turns.append({"role": "assistant", "content": None, "tool_calls": [
            {"id": f"c{n}", "type": "function", "function": call}]})  # fmt: skip
        turns.append({"role": "tool", "content": f'{{"depot": {n * 13 + 5}}}', "tool_call_id": f"c{n}"})
    return {"messages": [*turns, {"role": "assistant", "content": answered(n)}], "tools": TOOLS}


def alpaca(n: int) -> dict[str, Any]:
    """An instruction with and without an input."""
    return {"instruction": asked(n), "input": f"Ticket {n * 17}" if n % 2 else "", "output": answered(n)}


def pair(n: int) -> dict[str, Any]:
    """A preferred and a rejected answer."""
    return {"prompt": asked(n), "chosen": answered(n), "rejected": f"No idea, ask somebody at desk {n}."}


def faulty(n: int) -> dict[str, Any]:
    """A chat, some with a fault: two questions on end, a question at the end, a long answer, a long question."""
    question, answer = {"role": "user", "content": asked(n)}, {"role": "assistant", "content": answered(n)}
    long = " ".join(f"{THINGS[(n + k) % 15]} {k * n}" for k in range(400))
    faults = {
        2: [{"role": "user", "content": f"Hello, shop {n}?"}, question, answer],
        3: [question, answer, {"role": "user", "content": f"Thank you, shop {n}."}],
        4: [question, {"role": "assistant", "content": long}],
        5: [{"role": "user", "content": f"{asked(n)} {long}"}, answer],
    }
    return {"messages": faults.get(n // 2, [question, answer])}


SETS: dict[str, Callable[[int], dict[str, Any]]] = {"chats": chat, "alpaca": alpaca, "pairs": pair, "faults": faulty}
LIMIT = 512
"""Tokens to which the faulty set is cut: its long rows have over 1,000, all others under 200."""
SCRIPTS = {"trl": "trl_steps.py", "llama_factory": "llama_factory_reads.py", "axolotl": "axolotl_reads.py"}
"""What looks at the rows a trainer makes, by trainer."""
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "trl": lambda method: ["trl", method, "--config", f"trl_{method}.yaml", "--use_cpu", "true", "--max_steps", "2"],
    "llama_factory": lambda method: [
        "llamafactory-cli", "train", f"llama_factory_{method}.yaml", "max_steps=2", "bf16=false", "use_cpu=true",
    ],
    "unsloth": lambda method: ["unsloth", "train", "--config", f"unsloth_{method}.yaml", "--dry-run"],
}  # fmt: skip
"""The command that the recipe of a trainer names, on a machine without a GPU: axolotl needs one."""
RUNS = [
    ("chats", "trl", "sft"),
    ("alpaca", "trl", "sft"),
    ("pairs", "trl", "dpo"),
    ("pairs", "trl", "kto"),
    ("chats", "llama_factory", "sft"),
    ("alpaca", "llama_factory", "sft"),
    ("pairs", "llama_factory", "dpo"),
    ("pairs", "llama_factory", "kto"),
    ("chats", "axolotl", "sft"),
    ("alpaca", "axolotl", "sft"),
    ("pairs", "axolotl", "dpo"),
    ("chats", "unsloth", "sft"),
]


def main() -> None:
    """Make the environments, or run everything in them and print one line for each thing looked at."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--make", type=Path, metavar="DIR", help="make the environments in this folder")
    parser.add_argument("--environments", type=Path, metavar="DIR", help="the folder they were made in")
    parser.add_argument("--only", action="append", default=[], choices=list(ENVIRONMENTS), help="may be repeated")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write sets, exports and the model here")
    options = parser.parse_args()
    wanted = options.only or list(ENVIRONMENTS)
    if options.make:
        for name in wanted:
            make(options.make / name, *ENVIRONMENTS[name])
    if options.environments:
        with tempfile.TemporaryDirectory() as folder:
            sys.exit(run(options.keep or Path(folder), Environments(options.environments.absolute()), wanted))


def make(folder: Path, needed: list[str], alone: list[str]) -> None:
    """An environment with these packages, the second ones without what they need."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *needed], check=True)
    if alone:
        subprocess.run([*install, "--no-deps", *alone], check=True)


class Environments:
    """Runs scripts in the environments of the trainers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, name: str, *words: str | Path, cwd: Path | None = None) -> str:
        """What a program of an environment prints; raises AssertionError with the end of its errors where it fails."""
        program, *rest = map(str, words)
        quiet = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""}
        quiet["PATH"] = f"{self.folder / name / 'bin'}{os.pathsep}{os.environ['PATH']}"
        quiet |= {"AXOLOTL_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1", "DISABLE_VERSION_CHECK": "1"}
        command = [str(self.folder / name / "bin" / program), *rest]
        done = subprocess.run(command, cwd=cwd, env={**os.environ, **quiet}, capture_output=True, text=True)
        assert done.returncode == 0, f"{program} {' '.join(rest)} failed:\n{done.stderr[-2000:]}"
        return done.stdout

    def ask(self, name: str, script: str, *words: str | Path) -> Any:
        """The JSON that a script of `in_trainers` prints last."""
        return json.loads(self.run(name, "python", INSIDE / script, *words).splitlines()[-1])

    def version(self, name: str) -> str:
        """The versions of an environment that matter."""
        said = self.run(name, "python", "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check")
        wanted = ("torch", "trl", "peft", "datasets", "transformers", "llamafactory", "axolotl", "unsloth")
        return " ".join(line for line in said.splitlines() if line.partition("==")[0] in wanted)


def run(folder: Path, environments: Environments, wanted: list[str]) -> int:
    """The number of things that are not as they should be, each thing printed with what was seen."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        print(f"# {name}: {environments.version(name)}")
    failed = 0
    for what, look in cases(folder.absolute(), environments, wanted):
        try:
            print(f"ok      {what}: {look()}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"FAILED  {what}: {error}", flush=True)
    return failed


def cases(folder: Path, environments: Environments, wanted: list[str]) -> Iterator[tuple[str, Callable[[], str]]]:
    """Everything that is looked at, by what it is."""
    model = folder / "model"
    for kind, trainer, method in RUNS:
        if trainer not in wanted:
            continue
        out = exported(folder, kind, trainer, method, model)
        if not model.exists():
            environments.run("trl", "python", INSIDE / "tiny_model.py", out, model)
        title = f"{trainer} {method} on {kind}"
        yield f"{title}, preflight", partial(preflight, out, trainer)
        if trainer in SCRIPTS:
            yield title, partial(learned, environments, out, trainer, method)
        if trainer in COMMANDS:
            yield f"{title}, command line", partial(command_line, environments, out, trainer, method)
        if trainer == "trl":
            yield f"{title}, script", partial(script_runs, environments, out, method)
    for trainer in filter(wanted.__contains__, SCRIPTS):
        out = exported(folder, "faults", trainer, "sft", model)
        yield f"{trainer} on faults", partial(left_out, environments, out, trainer)
    if "trl" in wanted:
        for kind in ("chats", "alpaca", "pairs"):
            yield f"datasets on {kind}", partial(loads, environments, everything(folder, kind))


def exported(folder: Path, kind: str, trainer: str, method: str, model: Path) -> Path:
    """The folder of a set, exported with the recipe of a trainer for a model."""
    out = folder / f"{kind}_{trainer}_{method}"
    flag = f"--{trainer.replace('_', '-')}"
    words = ["--recipe", trainer, f"{flag}-model", str(model), f"{flag}-method", method]
    words += ["--shares", "1,0,0"] if kind == "faults" else []
    return written(folder, kind, out, words)


def everything(folder: Path, kind: str) -> Path:
    """The folder of a set, exported in every format that takes it."""
    names = ["parquet", "jsonl_chat", "jsonl_prompt_completion", "sharegpt", "alpaca", "csv"]
    names += ["preference", "kto"] if kind == "pairs" else []
    return written(folder, kind, folder / f"{kind}_formats", [word for name in names for word in ("--format", name)])


def written(folder: Path, kind: str, out: Path, words: list[str]) -> Path:
    """A set through `curation run` with these flags."""
    file = folder / f"{kind}.jsonl"
    file.write_text("".join(json.dumps(SETS[kind](n)) + "\n" for n in range(ROWS)), "utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        assert curation(["run", str(file), "--out", str(out), "--quiet", *words]) == 0
    return out


def preflight(out: Path, trainer: str) -> str:
    """That the preflight finds nothing."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert curation(["preflight", str(out), "--trainer", trainer, "--quiet"]) == 0
    return said.getvalue().splitlines()[0]


def learned(environments: Environments, out: Path, trainer: str, method: str) -> str:
    """That every row is there and its answers are learned, nothing else; raises AssertionError where not."""
    said = environments.ask(trainer, SCRIPTS[trainer], out, method)
    answers = 1 if method == "sft" else 2
    rows = read(out).counts["train"]
    assert len(said["learned"]) == answers * rows, f"{len(said['learned'])} answers of {rows} rows"
    for row in said["learned"]:
        _check(row["text"], row["learned"], trainer, method)
    if "loss" in said:
        assert said["moved"] == said["adapters"] > 0, f"{said['moved']} of {said['adapters']} adapters moved"
        return f"{rows} rows, loss {said['loss']:.2f}, {said['adapters']} adapters moved, answers alone are learned"
    return f"{rows} rows, answers alone are learned"


def _check(text: str, learned: str, trainer: str, method: str) -> None:
    """That what is learned of a text is what the assistant says in it."""
    n = next(n for n in range(ROWS) if asked(n) in text)
    good, bad = answered(n), pair(n)["rejected"]
    assert (good in learned) or (method != "sft" and bad in learned), f"no answer in {learned!r}"
    assert learned.rstrip().endswith(END), f"the end of the answer is not learned: {learned!r}"
    for other in (asked(n), "You answer for a shop.", "Hello, shop", '{"depot"', f"Ticket {n * 17}", "<|im_start|>"):
        assert other not in learned, f"{other!r} is learned: {learned!r}"
    is_all = trainer != "trl" and method == "sft"
    if f"Hello, {n}." in text:
        assert (f"Hello, {n}." in learned) == is_all, learned
    called = next((call for call in ("opening_hours", "order_status") if call in text.partition(asked(n))[2]), "")
    assert not called or (called in learned) == is_all, f"the call in {learned!r}"
    assert '"days": null' not in text, "keys that a call has not are null"


def left_out(environments: Environments, out: Path, trainer: str) -> str:
    """That a trainer leaves out as many rows as the preflight says, and cuts the answers of as many."""
    words = ["preflight", str(out), "--trainer", trainer, "--max-length", str(LIMIT), "--json", "--quiet"]
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
        assert curation(words) == 4
    found = json.loads(printed.getvalue())
    said = environments.ask(trainer, SCRIPTS[trainer], out, "sft", str(LIMIT))
    dropped = sum(problem["rows"] for problem in found["problems"] if problem["effect"] == "dropped")
    cut = sum(p["rows"] for p in found["problems"] if p["effect"] == "cut" and "before" not in p["kind"])
    assert said["rows"] == found["rows"] - dropped, f"{said['rows']} rows of {found['rows']}, {dropped} said dropped"
    unended = sum(not row["learned"].rstrip().endswith(END) for row in said["learned"])
    assert unended == cut, f"{unended} answers are cut, {cut} said so"
    return f"{found['rows']} rows: {dropped} dropped and {cut} answers cut, as said"


def command_line(environments: Environments, out: Path, trainer: str, method: str) -> str:
    """That the command a recipe names runs from start to end."""
    words = COMMANDS[trainer](method)
    trained = out.parent / f"trained_{trainer}_{method}"
    shutil.rmtree(trained, ignore_errors=True)
    environments.run(trainer, *words, cwd=out)
    assert (trained / "adapter_model.safetensors").exists() or "--dry-run" in words
    return " ".join(words)


def script_runs(environments: Environments, out: Path, method: str) -> str:
    """That the script runs from start to end."""
    environments.run("trl", "python", f"trl_{method}.py", "--max_steps", "2", cwd=out)
    return f"python trl_{method}.py --max_steps 2"


def loads(environments: Environments, out: Path) -> str:
    """That `datasets` reads every file as the card says it."""
    counts = {name: count for name, count in read(out).counts.items() if name in ("train", "validation", "test")}
    card = (out / "README.md").read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    found = environments.ask("trl", "datasets_read.py", out, card)
    assert len(found) == len(read(out).formats), f"{len(found)} ways to load {len(read(out).formats)} formats"
    for line, splits in found.items():
        wanted = counts if "kto" not in line else {name: 2 * count for name, count in counts.items()}
        assert splits == wanted, f"{line}: {splits}"
    return f"{len(found)} formats, {counts['train']} rows of train in each"


if __name__ == "__main__":
    main()
