"""TRL: `trl sft --config trl_sft.yaml` (or dpo, kto), run in the folder of the export. The loss is taken on the answer
alone: prompt and completion stand apart, as turns, and the model's own chat template joins them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.export.recipes import METHOD, MODEL, NO_MODEL, Raw, Way, recipe, yaml
from curation.export.training import Facts, Numbers

Lines = list[tuple[str, object, str] | str]
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
        "sft": Way("jsonl_prompt_completion", {"form": "turns", **SHAPE}, ignores=("weights of turns",)),
        "dpo": Way("preference", {"form": "trl", **SHAPE}, ignores=("weights of turns",)),
        "kto": Way("kto", {"form": "trl", **SHAPE}, ignores=("weights of turns",)),
    },
)
def trl(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """One YAML file for the command line of TRL."""
    name = f"trl_{facts.method}.yaml"
    loss: Mapping[str, Lines] = {
        "sft": [("completion_only_loss", True, "the loss is taken on the answer only")],
        "dpo": [("beta", 0.1, "how far the model may move from where it starts: TRL's default")],
        "kto": [("beta", 0.1, "how far the model may move from where it starts: TRL's default")],
    }
    return {name: yaml([*_lead(name, facts, settings), *loss[facts.method], *_run(facts, numbers)])}


def _lead(name: str, facts: Facts, settings: Settings) -> Lines:
    said = "" if settings.model else "say which: curation export --recipe trl --trl-model NAME"
    return [
        f"Run in this folder: trl {facts.method} --config {name}",
        "",
        ("model_name_or_path", settings.model or NO_MODEL, said),
        "The chat template is the model's own; chat_template_path names another where it has none.",
        ("dataset_name", ".", "this folder; its README.md names the files"),
        ("dataset_config", facts.format, ""),
        ("dataset_train_split", "train", ""),
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
        ("num_train_epochs", Raw(numbers.epochs.text), numbers.epochs.why),
        ("per_device_train_batch_size", Raw(numbers.batch.text), numbers.batch.why),
        ("gradient_accumulation_steps", Raw(numbers.accumulation.text), numbers.accumulation.why),
        ("learning_rate", Raw(numbers.rate.text), numbers.rate.why),
        ("lr_scheduler_type", "cosine", ""),
        ("warmup_steps", 0.1, "a tenth of the updates"),
        ("seed", facts.seed, ""),
        ("logging_steps", 1, ""),
        ("report_to", "none", ""),
        ("save_strategy", "epoch", ""),
    ]
    if facts.rows.get("validation"):
        lines += [
            ("eval_strategy", "epoch", "after every epoch, on rows no training row is a near-duplicate of"),
            ("dataset_test_split", "validation", "test stays unseen until the end"),
            ("per_device_eval_batch_size", Raw(numbers.batch.text), ""),
        ]
    return [*lines, ("output_dir", "../trained", "outside this folder, which is checked to be as it was exported")]
