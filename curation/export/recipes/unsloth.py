"""Unsloth: `unsloth train --config unsloth_sft.yaml`, run in the folder of the export. It reads chat messages; the loss
is taken on the assistant's turns only; the model's own chat template joins the turns. The configuration is checked
against Unsloth 2026.10, without training; for preference pairs take TRL's recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.export.recipes import METHOD, MODEL, NO_MODEL, Lines, Raw, Way, recipe, yaml
from curation.export.training import Facts, Numbers

BELOW = Raw("")
"""The value of a key whose own keys follow."""


@dataclass(frozen=True)
class Settings:
    """What is trained and how."""

    model: str = field(default="", metadata=MODEL)
    method: str = field(default="auto", metadata={**METHOD, "choices": ("auto", "sft")})


@recipe(
    "unsloth",
    "Unsloth",
    settings=Settings(),
    methods={
        "sft": Way(
            "jsonl_chat",
            {"arguments": "object", "tools": "text"},
            limit="  max_seq_length",
            usual=2048,
            ignores=("weights of turns",),
        )
    },
)
def unsloth(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """One YAML file for the command line."""
    name = f"unsloth_{facts.method}.yaml"
    said = "" if settings.model else "say which: --model NAME behind the command, or export with it"
    lines: Lines = [
        f"Run in this folder: unsloth train --config {name}",
        "",
        ("model", settings.model or NO_MODEL, said),
        "The chat template is the model's own.",
        ("data", BELOW, ""),
        ("  local_dataset", [facts.files["train"]], "test stays unseen until the end"),
        ("  format_type", "chatml", "turns with role and content; the name says nothing of the template"),
        *_training(facts, numbers),
        ("lora", BELOW, ""),
        ("  lora_r", Raw(numbers.rank.text), numbers.rank.why),
        ("  lora_alpha", Raw(numbers.alpha.text), numbers.alpha.why),
        ("  target_modules", "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj", "every layer of a decoder"),
    ]
    return {name: yaml(lines)}


def _training(facts: Facts, numbers: Numbers) -> Lines:
    return [
        ("training", BELOW, ""),
        ("  training_type", "lora", "the weights of the model stay, and little memory is needed"),
        ("  max_seq_length", Raw(numbers.max_length.text), numbers.max_length.why),
        ("  load_in_4bit", False, "true needs a quarter of the memory, at some cost"),
        ("  train_on_completions", True, "the loss is taken on the answers only"),
        ("  packing", False, "rows stay apart"),
        ("  num_epochs", Raw(numbers.epochs.text), numbers.epochs.why),
        ("  batch_size", Raw(numbers.batch.text), numbers.batch.why),
        ("  gradient_accumulation_steps", Raw(numbers.accumulation.text), numbers.accumulation.why),
        ("  learning_rate", Raw(numbers.rate.text), numbers.rate.why),
        ("  random_seed", facts.seed, ""),
        (
            "  output_dir",
            f"../trained_unsloth_{facts.method}",
            "outside this folder, which is checked to be as it was exported",
        ),
    ]
