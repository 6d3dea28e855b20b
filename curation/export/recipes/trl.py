"""TRL: `trl sft --config trl_sft.yaml` (or dpo, kto), run in the folder of the export, or `python trl_sft.py` from
anywhere, which evaluates on the validation rows too. The loss is taken on the last answer alone: prompt and completion
stand apart, as turns, and the model's own chat template joins them. Works with TRL 1.16."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.export.recipes import METHOD, MODEL, NO_MODEL, Lines, Raw, Way, recipe, training_arguments, yaml
from curation.export.training import Facts, Numbers

SHAPE = {"arguments": "object", "tools": "text"}
"""Chat templates walk arguments as objects; TRL reads tools as JSON text, which no table merges."""


@dataclass(frozen=True)
class Settings:
    """What is trained and how."""

    model: str = field(default="", metadata=MODEL)
    method: str = field(default="auto", metadata=METHOD)


@recipe(
    "trl",
    "TRL",
    settings=Settings(),
    methods={
        "sft": Way(
            "jsonl_prompt_completion", {"form": "turns", **SHAPE}, last_only=True, ignores=("weights of turns",)
        ),
        "dpo": Way("preference", {"form": "trl", **SHAPE}, ignores=("weights of turns",)),
        "kto": Way("kto", {"form": "trl", **SHAPE}, ignores=("weights of turns",)),
    },
)
def trl(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """A YAML file for the command line of TRL, and a script that reads it and evaluates."""
    name = f"trl_{facts.method}"
    loss: Mapping[str, Lines] = {
        "sft": [("completion_only_loss", True, "the loss is taken on the last answer only")],
        "dpo": [("beta", 0.1, "how far the model may move from where it starts: TRL's default")],
        "kto": [("beta", 0.1, "how far the model may move from where it starts: TRL's default")],
    }
    lines = [*_lead(name, facts, settings), *loss[facts.method], *_run(facts, numbers)]
    return {f"{name}.yaml": yaml(lines), f"{name}.py": _script(name, facts)}


def _lead(name: str, facts: Facts, settings: Settings) -> Lines:
    said = "" if settings.model else "say which: --model_name_or_path NAME behind the command, or export with it"
    return [
        f"Run in this folder: trl {facts.method} --config {name}.yaml (without a GPU: --use_cpu true)",
        f"or, with the validation rows evaluated after every epoch: python {name}.py",
        "",
        ("model_name_or_path", settings.model or NO_MODEL, said),
        "The chat template is the model's own; chat_template_path names another where it has none.",
        ("datasets", Raw(f"\n  - path: json\n    data_files: {facts.files['train']}"), ""),
    ]


def _run(facts: Facts, numbers: Numbers) -> Lines:
    lines: Lines = [
        ("max_length", Raw(numbers.max_length.text), numbers.max_length.why),
        "",
        ("use_peft", True, "LoRA: the weights of the model stay, and little memory is needed"),
        ("lora_r", Raw(numbers.rank.text), numbers.rank.why),
        ("lora_alpha", Raw(numbers.alpha.text), numbers.alpha.why),
        ("lora_dropout", 0.05, ""),
        ("lora_target_modules", Raw("all-linear"), "every layer: adapters on attention alone learn less"),
        "",
        *training_arguments(numbers),
        ("warmup_steps", 0.1, "a tenth of the updates"),
        ("seed", facts.seed, ""),
        ("logging_steps", 1, ""),
        ("report_to", "none", ""),
        ("save_strategy", "epoch", ""),
    ]
    return [
        *lines,
        (
            "output_dir",
            f"../trained_trl_{facts.method}",
            "outside this folder, which is checked to be as it was exported",
        ),
    ]


def _script(name: str, facts: Facts) -> str:
    """The script: the numbers stand in the YAML file alone."""
    kind = facts.method.upper()
    files = {split: facts.files[split] for split in ("train", "validation") if split in facts.files}
    lines = SCRIPT.format(name=name, kind=kind, files=files)
    return lines if "validation" in files else lines.replace(EVALUATED, "").replace(EVALUATION, "")


EVALUATED = 'chosen += ["--eval_strategy", "epoch"]\n'
EVALUATION = '    eval_dataset=rows["validation"],\n'
SCRIPT = """\
\"\"\"Trains with TRL on the files in this folder; every number stands, with its reason, in {name}.yaml.\"\"\"

import sys
from pathlib import Path

import torch
from datasets import load_dataset
from trl import {kind}Config, {kind}Trainer, ModelConfig, TrlParser, get_peft_config

here = Path(__file__).resolve().parent
chosen = ["--config", str(here / "{name}.yaml"), "--output_dir", str(here.parent / "trained_{name}")]
chosen += ["--eval_strategy", "epoch"]
if not torch.cuda.is_available():
    chosen += ["--use_cpu", "true"]
chosen += sys.argv[1:]
parser = TrlParser(({kind}Config, ModelConfig))
training, model, _ = parser.parse_args_and_config(chosen, return_remaining_strings=True)
files = {files}
rows = load_dataset("json", data_files={{split: str(here / name) for split, name in files.items()}})
trainer = {kind}Trainer(
    model=model.model_name_or_path,
    args=training,
    train_dataset=rows["train"],
    eval_dataset=rows["validation"],
    peft_config=get_peft_config(model),
)
trainer.train()
trainer.save_model(training.output_dir)
"""
