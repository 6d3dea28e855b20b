"""axolotl: `axolotl train axolotl_sft.yaml` (or dpo), run in the folder of the export. The loss is taken on the
assistant's turns, on those of weight 0 not; the tokenizer's own chat template joins the turns. Works with axolotl
0.19."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from curation.export.recipes import METHOD, MODEL, NO_MODEL, Lines, Raw, Way, recipe, yaml
from curation.export.training import Facts, Numbers

LIMIT: dict[str, Any] = {"limit": "sequence_len", "usual": 512, "long": "dropped"}


@dataclass(frozen=True)
class Settings:
    """What is trained and how."""

    model: str = field(default="", metadata=MODEL)
    method: str = field(default="auto", metadata={**METHOD, "choices": ("auto", "sft", "dpo")})


@recipe(
    "axolotl",
    "axolotl",
    settings=Settings(),
    methods={
        "sft": Way("jsonl_chat", {"arguments": "text", "tools": "text"}, **LIMIT),
        "dpo": Way(
            "preference", {"form": "axolotl"}, **LIMIT, texts_only=True, ignores=("tool calls", "tool definitions")
        ),
    },
)
def axolotl(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """One YAML file."""
    name = f"axolotl_{facts.method}.yaml"
    said = "" if settings.model else "say which: --base-model NAME behind the command, or export with it"
    lines: Lines = [
        f"Run in this folder: axolotl train {name}",
        "",
        ("base_model", settings.model or NO_MODEL, said),
        ("chat_template", "tokenizer_default", "the one in the model's own tokenizer_config.json"),
        *([("rl", "dpo", "")] if facts.method == "dpo" else []),
        "",
        ("datasets", _dataset(facts, "train"), ""),
    ]
    if facts.rows.get("validation"):
        lines += [
            ("test_datasets", _dataset(facts, "validation"), ""),
            *(
                []
                if facts.method == "dpo"
                else [("evals_per_epoch", 1, "on rows no training row is a near-duplicate of")]
            ),
        ]
    return {name: yaml([*lines, *_run(facts, numbers)])}


def _dataset(facts: Facts, split: str) -> Raw:
    """The entry of one file: how its rows are read and which turns are learned."""
    # a split is named "train" for every local file
    entry = [f"path: {facts.files[split]}", "ds_type: json", "split: train"]
    if facts.method == "sft":
        entry += ["type: chat_template", 'roles_to_train: ["assistant"]  # the loss is taken on the answers only']
        entry += ["train_on_eos: turn  # the end of every answer is learned too"]
        if facts.weighed:
            entry += ["message_field_training: weight  # answers of weight 0 are not learned"]
    else:
        entry = [f"path: {facts.files[split]}", "split: train", "type: chat_template.default"]
        entry += ["field_messages: messages", "field_chosen: chosen", "field_rejected: rejected"]
    return Raw("\n" + "\n".join(f"  {'- ' if n == 0 else '  '}{line}" for n, line in enumerate(entry)))


def _run(facts: Facts, numbers: Numbers) -> Lines:
    return [
        "",
        ("sequence_len", Raw(numbers.max_length.text), numbers.max_length.why),
        ("sample_packing", False, "rows stay apart; true is faster where rows are short and attention supports it"),
        ("train_on_inputs", False, "the loss is taken on the answers only"),
        "",
        ("adapter", "lora", "the weights of the model stay, and little memory is needed"),
        ("lora_r", Raw(numbers.rank.text), numbers.rank.why),
        ("lora_alpha", Raw(numbers.alpha.text), numbers.alpha.why),
        ("lora_dropout", 0.05, ""),
        ("lora_target_linear", True, "every layer: adapters on attention alone learn less"),
        "",
        ("num_epochs", Raw(numbers.epochs.text), numbers.epochs.why),
        ("micro_batch_size", Raw(numbers.batch.text), numbers.batch.why),
        ("gradient_accumulation_steps", Raw(numbers.accumulation.text), numbers.accumulation.why),
        ("learning_rate", Raw(numbers.rate.text), numbers.rate.why),
        ("lr_scheduler", "cosine", ""),
        ("optimizer", "adamw_torch", ""),
        ("warmup_ratio", 0.1, ""),
        ("bf16", "auto", ""),
        ("gradient_checkpointing", True, ""),
        ("saves_per_epoch", 1, ""),
        ("logging_steps", 1, ""),
        ("seed", facts.seed, ""),
        ("dataset_prepared_path", "../prepared", "outside this folder, which is checked to be as it was exported"),
        ("output_dir", f"../trained_axolotl_{facts.method}", ""),
    ]
