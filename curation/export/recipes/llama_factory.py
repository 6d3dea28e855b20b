"""LLaMA-Factory: `llamafactory-cli train llama_factory_sft.yaml` (or dpo, kto), run in the folder of the export, and
`dataset_info.json` with every column named. The loss is taken on the answers only, on all of a conversation. Works with
LLaMA-Factory 0.9.5."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from curation.export.recipes import METHOD, MODEL, NO_MODEL, Lines, Raw, Way, recipe, training_arguments, yaml
from curation.export.training import Facts, Numbers

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "sft": {"messages": "conversations"},
    "dpo": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
    "kto": {"messages": "conversations", "kto_tag": "kto_tag"},
}
"""LLaMA-Factory's name of each column and ours, by method; system and tools only where the file has them."""
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}
RULES: dict[str, Any] = {
    "limit": "cutoff_len",
    "usual": 2048,
    "long_prompt": "cut",
    "alternates": "dropped",
    "properties": True,
    "ignores": ("weights of turns",),
}


@dataclass(frozen=True)
class Settings:
    """What is trained and how."""

    model: str = field(default="", metadata=MODEL)
    method: str = field(default="auto", metadata=METHOD)
    template: str = field(
        default="",
        metadata={"help": "LLaMA-Factory's name of the chat template, such as qwen3; empty: the tokenizer's own"},
    )


@recipe(
    "llama_factory",
    "LLaMA-Factory",
    settings=Settings(),
    methods={
        "sft": Way("sharegpt", {}, **RULES),
        "dpo": Way("preference", {"form": "llama_factory"}, **RULES),
        "kto": Way("kto", {"form": "llama_factory"}, **RULES),
    },
)
def llama_factory(facts: Facts, numbers: Numbers, settings: Settings) -> Mapping[str, str]:
    """The description of the files, complete, and one YAML file for the command line."""
    name = f"llama_factory_{facts.method}.yaml"
    info = {f"curated_{split}": _described(facts, split) for split in facts.files}
    indented = orjson.dumps(info, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    lines = [*_lead(name, facts, settings), *_run(facts, numbers)]
    return {"dataset_info.json": indented, name: yaml(lines)}


def _described(facts: Facts, split: str) -> dict[str, Any]:
    columns = {**COLUMNS[facts.method], **{name: name for name in facts.beside.get(split, ())}}
    ranking = {"ranking": True} if facts.method == "dpo" else {}
    return {"file_name": facts.files[split], "formatting": "sharegpt", **ranking, "columns": columns, "tags": TAGS}


def _lead(name: str, facts: Facts, settings: Settings) -> Lines:
    said = "" if settings.model else "say which: model_name_or_path=NAME behind the command, or export with it"
    loss: Mapping[str, Lines] = {
        "sft": [
            ("train_on_prompt", False, "the loss is taken on the answers only"),
            ("mask_history", False, "on all answers of a conversation; true: on the last one"),
        ],
        "dpo": [("pref_beta", 0.1, "how far the model may move from where it starts"), ("pref_loss", "sigmoid", "DPO")],
        "kto": [("pref_beta", 0.1, "how far the model may move from where it starts")],
    }
    return [
        f"Run in this folder: llamafactory-cli train {name} (without a GPU: bf16=false use_cpu=true)",
        "",
        ("model_name_or_path", settings.model or NO_MODEL, said),
        *_template(facts, settings),
        ("stage", facts.method, ""),
        ("do_train", True, ""),
        *loss[facts.method],
        "",
        ("dataset_dir", ".", "this folder; dataset_info.json describes its files"),
        ("dataset", "curated_train", ""),
    ]


def _template(facts: Facts, settings: Settings) -> Lines:
    if settings.template:
        return [("template", settings.template, "the chat template")]
    own = "template is left out: the chat template is read from the model's own tokenizer. Name one where that fails."
    tools = (
        "These rows have tools: name one (qwen3, llama3), or calls are written as LLaMA-Factory's own, not the model's."
    )
    return [own, tools] if any("tools" in beside for beside in facts.beside.values()) else [own]


def _run(facts: Facts, numbers: Numbers) -> Lines:
    lines: Lines = [
        ("cutoff_len", Raw(numbers.max_length.text), numbers.max_length.why),
        "",
        ("finetuning_type", "lora", "the weights of the model stay, and little memory is needed"),
        ("lora_rank", Raw(numbers.rank.text), numbers.rank.why),
        ("lora_alpha", Raw(numbers.alpha.text), numbers.alpha.why),
        ("lora_target", "all", "every layer: adapters on attention alone learn less"),
        "",
        *training_arguments(numbers),
        ("warmup_ratio", 0.1, ""),
        ("bf16", True, ""),
        ("seed", facts.seed, ""),
        ("logging_steps", 1, ""),
        ("save_strategy", "epoch", ""),
        ("report_to", "none", ""),
    ]
    if facts.rows.get("validation"):
        lines += [
            ("eval_dataset", "curated_validation", "test stays unseen until the end"),
            ("eval_strategy", "epoch", "after every epoch, on rows no training row is a near-duplicate of"),
            ("per_device_eval_batch_size", Raw(numbers.batch.text), ""),
        ]
    return [
        *lines,
        (
            "output_dir",
            f"../trained_llama_factory_{facts.method}",
            "outside this folder, which is checked to be as it was exported",
        ),
    ]
