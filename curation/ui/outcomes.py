"""How an outcome is shown: its word, colour and icon, always together."""

from typing import Literal

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]

OUTCOMES: dict[str, tuple[str, Color, str]] = {
    "fix_data": ("Fix the data first", "red", "✗"),
    "prompt": ("Stay with prompting", "blue", "✎"),
    "stay_with_prompt": ("Stay with prompting", "blue", "✎"),
    "retrieve": ("Retrieve instead", "blue", "⌕"),
    "retrieve_and_lora": ("Retrieve, and tune style", "violet", "⌕"),
    "retrieved_examples": ("Retrieved examples suffice", "blue", "⌕"),
    "clean": ("Clean the labels first", "orange", "✦"),
    "collect": ("Collect more first", "orange", "+"),
    "cannot_judge": ("Cannot judge yet", "gray", "?"),
    "not_learnable": ("No pattern to learn", "red", "✗"),
    "need_unproven": ("Need not proven", "gray", "?"),
    "lora": ("Fine-tune with LoRA", "green", "✓"),
    "full_fine_tune": ("Full fine-tuning", "green", "✓"),
}
STATUSES: dict[str, Color] = {
    "ok": "green",
    "warn": "orange",
    "fail": "red",
    "missing": "gray",
    "not_applicable": "gray",
}
