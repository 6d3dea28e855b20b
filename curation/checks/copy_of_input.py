"""Outputs that only repeat their input, word for word or as the start of a longer text (free text)."""

import re
from dataclasses import dataclass, field

from curation.checks import Shard, check
from curation.checks.rows import (
    Hit,
    Row,
    cut,
    free_text,
    judged,
    outputs,
    question,
)
from curation.records import Findings
from curation.text.normalise import unpunctuated


@dataclass(frozen=True)
class Settings:
    # a greeting answered by the same greeting is right; five words rarely come back by chance
    fewest_words: int = field(
        default=5,
        metadata={"help": "Repeated texts with fewer words count as greetings", "min": 1, "max": 100},
    )
    # Chinese, Japanese and Thai put no spaces between words
    fewest_characters: int = field(
        default=25,
        metadata={"help": "A repeated text of this many characters counts even with fewer words", "min": 5, "max": 500},
    )


# a quotation mark of mail, or a word such as "Input:", in front of what is repeated
_QUOTED = re.compile(r"^\s*(?:>|\w{1,12}:)\s*(?=\S)")


@check(
    "copy_of_input",
    "Output repeats the input",
    settings=Settings(),
    fit=outputs,
    merge=free_text("which do not repeat inputs"),
)
def copy_of_input(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding an output that is its input again; raises NotChecked on a classification set."""

    def rule(row: Row) -> Hit | None:
        output = _QUOTED.sub("", row.output)
        said = question(row)
        asked, answer = unpunctuated(said), unpunctuated(output)
        if not asked or not answer.startswith(asked):
            # an instruction and its text are joined by a newline on loading: the text alone may be repeated, but then
            # to the letter, for a colon or an indent may be all there was to mend
            asked, answer = said.partition("\n")[2].strip(), output.strip()
        if not asked or not answer.startswith(asked):
            return None
        if len(asked.split()) < settings.fewest_words and len(asked) < settings.fewest_characters:
            return None
        evidence = {"input": cut(row.input), "output": cut(row.output)}
        if answer == asked:
            return Hit(0.95, "The output repeats the input.", {**evidence, "whole": True}, "drop")
        if not answer[len(asked)].isspace():
            return None
        # a story told on, or a line of code completed, may start like this and be right
        return Hit(0.4, "The output starts by repeating the whole input.", {**evidence, "whole": False})

    return judged("copy_of_input", shard, rule)
