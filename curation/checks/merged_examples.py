"""Outputs with a second example inside: another instruction, question or turn of the user below the answer (free text).

It happens where a generator writes on, or a file is cut in the wrong places. Questions with answers, dialogues, prompts
and test cases that were asked for are right. Where the answer ends before the marker, that part is suggested.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from curation.checks import Shard, check
from curation.checks.rows import Hit, Row, cut, free_text, judged, outputs
from curation.checks.texts.forms import code
from curation.records import Findings


@dataclass(frozen=True)
class Settings:
    headers: bool = field(
        default=True, metadata={"help": "Also flag prompt headers such as '### Response:' that start an output"}
    )


_ASKS = (
    r"(?:instruction|task|question|example(?= ?\d)|(?-i:[QH])|prompt|input|human|user|problem|exercise|frage"
    r"|aufgabe|anweisung|eingabe|consigne"
    r"|entrée|pregunta|instrucci[óo]n|tarea|entrada|pergunta|instruç[ãa]o|tarefa|domanda|istruzione|compito|вопрос|задание"
    r"|инструкция|ввод|问题|問題|指令|输入|輸入|问|质问|質問|指示|入力|سؤال|السؤال|تعليمات|التعليمات|المدخل|प्रश्न|सवाल|निर्देश|इनपुट)"
)
_ANSWERS = (
    r"(?:output|answer|(?-i:A)|response|completion|solution|assistant|ai|bot|chat\s?gpt|antwort|ausgabe|lösung|réponse|sortie"
    r"|respuesta|salida|resposta|saída|risposta|ответ|вывод|答案|回答|输出|輸出|答|回复|応答|出力|答え|إجابة|الإجابة|الجواب|المخرج"
    r"|उत्तर|जवाब|आउटपुट)"
)
_LEAD, _COLON = r"^[ \t]*[>*_#]{0,4}[ \t]?(?:\d{1,3}[.)] ?)?", r"(?: ?#?\d{1,3})?[*_]{0,2} ?[:：]"
ASKS = re.compile(rf"{_LEAD}({_ASKS}){_COLON}", re.IGNORECASE | re.MULTILINE)
ANSWERS = re.compile(rf"{_LEAD}{_ANSWERS}{_COLON}", re.IGNORECASE | re.MULTILINE)
HEADER = re.compile(
    r"^[ \t]*#{2,4} ?(?:instruction|response|input|human|assistant|user|system|output|question|answer"
    r"|prompt) ?\d{0,3} ?:",
    re.IGNORECASE | re.MULTILINE,
)
TITLES = tuple(
    re.compile(
        rf"^[ \t]*(?:#{{2,4}} ?)(?:{names})s? ?\d{{0,3}}:?[ \t]*$|^(?:{roles})[ \t]*$", re.IGNORECASE | re.MULTILINE
    )
    for names, roles in (
        ("instruction|question|input|user|human|prompt|task", "user|human"),
        ("response|answer|output|assistant|completion", "assistant|model"),
    )
)
"""Lines that only name what follows, with signs of Markdown or as a chat template's roles: a question, an answer."""
INLINE = re.compile(
    r"(?<=[.!?])\s(?:\[(?:question|instruction|q)\]|(?:question|instruction|input|(?-i:Q)):)\s[^\n]{3,300}?[.!?:]?\s"
    r"(?:\[(?:answer|output|response|a)\]|(?:answer|output|response|(?-i:A)):)\s",
    re.IGNORECASE,
)
ALONE = re.compile(r"(?:instruction|task \d+|human|user)\b", re.IGNORECASE)
"""Words that begin another example even where no answer follows: the text was cut before it."""
_DIALOGUES = (
    r"\bquestion|\bq ?& ?a\b|\bquiz|\bfaq|\bflash ?card|\btrivia|\briddle|\bexam\b|\bsurvey|\binterview"
    r"|\bdialog|\bconversation|\bscript\b|\btranscript|\bchat\b|\bsketch\b|\bscene\b|\brole-?play|\bplay\b|\bjokes?\b"
    r"|\bexamples?\b|\bfew-?shot|\bprompts?\b|\binstructions?\b|\bexercises?\b|\bproblems?\b|\bworksheet|\btemplate\b"
    r"|\btasks?\b|\bhuman\b|\buser stor|\bfragen|\bgespräch|\binterviu|\bdialogue|\bpreguntas|\bdi[áa]logo|\bperguntas"
    r"|\bdomande|вопрос|диалог|разговор|问题|对话|問答|問題|対話|会話|質問|أسئلة|حوار|प्रश्न|संवाद"
)
WANTED = re.compile(
    rf"{_DIALOGUES}|\btests?\b|\binputs?\b|\boutputs?\b|\bprogram|\bfunction\b|\bcode\b|\balgorithm|\bpython\b|\bjava\b"
    r"|\bjavascript\b|\bformat\b",
    re.IGNORECASE,
)
"""Tasks whose answer may hold questions with answers, or inputs with outputs."""
WANTED_OF = (
    # nobody asks a speaker or a program for "Instruction:" with "Output:" below
    (
        re.compile(r"instru|anweis|consigne|инструкция|指令|指示|تعليمات|निर्देश", re.IGNORECASE),
        re.compile(
            r"\bprompts?\b|\bfew-?shot|\binstruct|\btemplate\b|\bdata ?sets?\b|\bfine-?tun|\blanguage model"
            r"|\bформат|\banweis|\bconsigne|инструкц|指令|指示|تعليمات|निर्देश",
            re.IGNORECASE,
        ),
    ),
    # a program shows inputs and outputs, not questions
    (
        re.compile(r"(?!input|example|eingabe|entr|ввод|输入|輸入|入力|المدخل|इनपुट)", re.IGNORECASE),
        re.compile(_DIALOGUES, re.IGNORECASE),
    ),
)
"""By how a mark is written: what of WANTED allows for it, the first that fits."""
NUMBERED = re.compile(r"^\d{1,3}\. ?(?:instruction|input|output) ?:", re.IGNORECASE | re.MULTILINE)
"""The form in which Self-Instruct prompts list their examples: few people ask for it (Wang et al. 2022, appendix A)."""
_PROMPTS = re.compile(r"\bprompts?\b|\bfew-?shot|\binstructions?\b|\bexamples?\b", re.IGNORECASE)
_TAIL = " \t\r\n#*_-"
"""What separates one example from the next."""
_NUMBER = re.compile(r"\n\d{1,3}[.)]\Z")
MOST_MARKS = 20
"""Marks of an output that are looked at: the first is where the second example begins."""
PAIR, HEADED, CUT, AT_START = 0.85, 0.85, 0.65, 0.6
"""How sure it is of a question with its answer, a prompt header, a question alone, and a header before all else."""


def may_be_marked(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Which texts hold a colon, or a line that names what follows."""
    return pc.match_substring_regex(
        column, r"(?mi)[:：]|^[ \t#]*(?:user|human|assistant|question|instruction|answer)|\[q"
    )


@check(
    "merged_examples",
    "A second example inside",
    settings=Settings(),
    may_match=may_be_marked,
    fit=outputs,
    merge=free_text("which hold no examples"),
)
def merged_examples(shard: Shard, settings: Settings, state: None) -> Findings:
    """One finding an output in which another example begins; the text before it is suggested where it is an answer."""

    def rule(row: Row) -> Hit | None:
        header = HEADER.search(row.output)
        if header is not None and not _before(row.output, header):
            return _at_start(row, header) if settings.headers and not WANTED.search(row.input) else None
        first, sure = _second(row.output, row.input, header)
        # asked for last: questions are read more slowly than marks are found
        if first is None or (_wanted(first, row.input) and not _is_listed(row)):
            return None
        # a prompt that shows examples of this form is sometimes to be gone on with
        is_shown = len(ASKS.findall(row.input)) > 1
        whole = _before(row.output, first)
        shown = first.group().strip()
        message = f"Another example seems to begin inside the output: “{cut(shown, 40)}”."
        evidence = {"marker": shown, "before": cut(whole)}
        mended = f"replace:{whole}" if sure >= PAIR and not is_shown else "look"
        return Hit(0.4 if is_shown else sure, message, evidence, mended, [("output", first.start(), len(row.output))])

    return judged("merged_examples", shard, rule)


def _wanted(mark: re.Match[str], asked: str) -> bool:
    """Whether the task may have asked for what the mark begins."""
    name = mark[1] if mark.re is ASKS else None
    if name is None:
        return WANTED.search(asked) is not None
    return next((wanted for named, wanted in WANTED_OF if named.match(name)), WANTED).search(asked) is not None


def _is_listed(row: Row) -> bool:
    """Whether examples stand in the form of a generator's list, which the row did not ask for."""
    return NUMBERED.search(row.output) is not None and not _PROMPTS.search(row.input)


def _at_start(row: Row, header: re.Match[str]) -> Hit:
    shown = header.group().strip()
    message = f"The output starts with the prompt header “{shown}”."
    return Hit(AT_START, message, {"marker": shown, "before": ""}, spans=[("output", *header.span())])


def _second(text: str, asked: str, header: re.Match[str] | None) -> tuple[re.Match[str] | None, float]:
    """Where another example begins behind the answer, and how sure that is; (None, 0) where none does."""
    marks = [match for match in islice(ASKS.finditer(text), MOST_MARKS) if _before(text, match)]
    last = max((match.start() for match in ANSWERS.finditer(text)), default=-1)
    if marks and last > marks[0].start() and not _is_code(text, marks[0]) and not _again(text, marks[0], asked):
        return marks[0], PAIR
    if header is not None:
        return header, HEADED
    titled = [next((m for m in islice(title.finditer(text), MOST_MARKS) if _before(text, m)), None) for title in TITLES]
    if titled[0] is not None and titled[1] is not None and titled[0].start() < titled[1].start():
        return titled[0], PAIR
    inline = INLINE.search(text)
    if inline is not None:
        return inline, CUT
    alone = next((match for match in marks if ALONE.match(match[1] + text[match.end(1) : match.end(1) + 3])), None)
    if alone is not None and text[: alone.start()].rstrip(" \t").endswith("\n\n") and not _again(text, alone, asked):
        return alone, CUT
    return None, 0.0


def _before(text: str, mark: re.Match[str]) -> str:
    """The answer that ends before a mark; "" where there is none, or it only announces what follows."""
    answer = _NUMBER.sub("", text[: mark.start()].rstrip(_TAIL)).strip(_TAIL)
    return "" if answer.endswith((":", "：")) else answer


def _is_code(text: str, mark: re.Match[str]) -> bool:
    """Whether input and output are those of a program."""
    return mark[1].casefold() == "input" and ("```" in text or code(text[: mark.start()]))


def _again(text: str, mark: re.Match[str], asked: str) -> bool:
    """Whether what stands behind the mark is the row's own question once more."""
    line = text[mark.end() :].lstrip().partition("\n")[0].strip()
    return bool(line) and line.casefold() in asked.casefold()
