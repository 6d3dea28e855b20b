"""Which columns make an example, guessed from their names and, where names say nothing, from their values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from curation.load.chat import decoded, ends_with_answer, looks_like_rounds, looks_like_turn, looks_like_turns, turns_of
from curation.load.labels import labels_of
from curation.load.rows import Unusable, as_text
from curation.records import Columns
from curation.text.turns import calls, flattened

MESSAGES = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue", "turns")
INPUT = (
    "question", "prompt", "instruction", "query", "input", "inputs", "text", "sentence", "utterance", "message",
    "content", "review", "tweet", "body", "src", "problem", "request", "document", "user_input", "user_query",
    "user_message", "article", "ticket", "comment", "comment_text", "input_text", "text_input",
)  # fmt: skip
OUTPUT = (
    "answer", "response", "completion", "output", "outputs", "answers", "target", "reply", "solution", "summary",
    "result", "expected", "expected_output", "tgt", "expected_answer", "ideal_output", "reference", "highlights",
    "ground_truth", "expectedoutput", "output_text", "text_output", "ideal", "ideal_answer", "reference_answer",
    "expected_response",
)  # fmt: skip
LABEL = ("label", "category", "intent", "class", "labels", "classes", "label_text", "sentiment", "topic", "tag", "cats")
FOREIGN_INPUT = (
    "frage", "anfrage", "eingabe", "nachricht", "texte", "demande", "entrée", "pregunta", "consulta", "entrada",
    "mensaje", "texto", "domanda", "richiesta", "testo", "pergunta", "mensagem", "vraag", "bericht", "tekst",
    "pytanie", "otázka", "fråga", "spørgsmål", "spørsmål", "kysymys", "kérdés", "întrebare", "soru", "metin",
    "вопрос", "запрос", "текст", "питання", "问题", "問題", "提问", "输入", "文本", "質問", "入力", "テキスト", "질문",
    "입력", "텍스트", "문장", "سؤال", "السؤال", "النص", "प्रश्न",
)  # fmt: skip
FOREIGN_OUTPUT = (
    "antwort", "ausgabe", "réponse", "reponse", "sortie", "respuesta", "salida", "risposta", "resposta", "saída",
    "antwoord", "odpowiedź", "odpověď", "svar", "vastaus", "válasz", "răspuns", "cevap", "yanıt", "ответ", "відповідь",
    "回答", "答案", "答复", "输出", "応答", "답변", "응답", "대답", "출력", "إجابة", "الجواب", "उत्तर",
)  # fmt: skip
FOREIGN_LABEL = (
    "kategorie", "klasse", "etikett", "thema", "catégorie", "classe", "étiquette", "categoría", "categoria", "clase",
    "etiqueta", "etichetta", "kategoria", "kategori", "категория", "категорія", "класс", "метка", "类别", "标签",
    "分类", "分類", "カテゴリ", "カテゴリー", "ラベル", "카테고리", "분류", "라벨", "레이블", "التصنيف",
)  # fmt: skip
"""The same names in other languages: German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Nordic,
Finnish, Hungarian, Romanian, Turkish, Russian, Ukrainian, Chinese, Japanese, Korean, Arabic, Hindi."""
SHORT = ("q", "a")
"""Names of a question and its answer where both are there; one of them alone says nothing."""
COMPANIONS = {
    "instruction": ("input", "context"),
    "question": ("context", "passage", "choices"),
    "premise": ("hypothesis",),
    "sentence1": ("sentence2",),
    "text_a": ("text_b",),
    "question1": ("question2",),
}
"""Columns that only make sense together: alpaca, Dolly, SQuAD, and the sentence pairs of GLUE."""
GROUP = ("group", "group_id", "conversation_id", "thread_id", "session_id", "document_id")
CREATED = ("created", "created_at", "date", "timestamp")
PREFERENCE = ("chosen", "rejected")
ANSWERS = (
    "chosen", "completion", "response", "output", "answer", "ideal", "reference_answer", "expected_output", "expected",
    "reference",
)  # fmt: skip
"""Columns with the answer to a conversation that stands in another one: TRL, LLaMA-Factory, logs and evaluations."""
ROUNDS = (*MESSAGES, "data", "rounds")
"""Columns in which a list of texts is what two sides said in turn (UltraChat has it in `data`)."""
BESIDE = ("history", "rejected", "tools", "functions", "system")
"""Columns that hold turns or lists of their own and are never the conversation itself."""
KNOWN = frozenset(
    MESSAGES + INPUT + OUTPUT + LABEL + GROUP + CREATED + PREFERENCE + tuple(COMPANIONS)
    + FOREIGN_INPUT + FOREIGN_OUTPUT + FOREIGN_LABEL
) | {name for names in COMPANIONS.values() for name in names}  # fmt: skip
"""Names that tell a header from a first row."""
LABEL_LENGTH = 100
"""Characters; a longer value is a text, not a label."""
CLOSED_LENGTH = 60
"""Characters; the longest label of BANKING77 has 49, the shortest answers of a FAQ are sentences."""
CLOSED_REPEATS = 5
ENOUGH = 20
"""Rows from which on the share of distinct values says whether a column holds labels."""
DISTINCT = 0.9
"""Share of distinct values above which sentences are answers and not classes, from so many rows on."""
PROSE_WORDS = 3
"""Words a text has on average from which on it is a sentence and no name, code or label."""
PROSE_LENGTH = 8
"""Characters of a text without blanks that makes a sentence in Chinese, Japanese or Thai."""


@dataclass(frozen=True)
class Look:
    """The first rows of a file, as a shape may look at them: `columns` in file order, `given` what a person named."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    given: Columns | None = None
    seen: dict[str, list[Any]] = field(default_factory=dict, compare=False)

    def values(self, name: str) -> list[Any]:
        """The values of a column, empty ones left out."""
        if name not in self.seen:
            self.seen[name] = [row[name] for row in self.rows if row.get(name) not in (None, "", [], {})]
        return self.seen[name]

    def share(self, name: str, holds: Any) -> float:
        """The share of a column's values (0..1) of which `holds` is true; 0 where it has none."""
        values = self.values(name)
        return sum(map(bool, map(holds, values))) / len(values) if values else 0.0

    def named(self, *names: str) -> str | None:
        """The column that has one of these names, in the order of the names."""
        return first(names, self.columns)


def plain(name: str) -> str:
    """A column's name as compared here: lower case, blanks and hyphens as underscores."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def first(wanted: Iterable[str], free: Sequence[str]) -> str | None:
    """The first of the wanted names that one of these columns has, as that column writes it."""
    names = {plain(name): name for name in reversed(free)}
    return next((names[name] for name in wanted if name in names), None)


def is_container(value: Any) -> bool:
    """Whether a value is a list or an object, which no text is."""
    return isinstance(value, list | dict)


def is_answer(value: Any) -> bool:
    """Whether a value can be an output: a text, a list of texts (several right answers), SQuAD's answers, or turns."""
    if isinstance(value, list):
        return looks_like_turns(value) or all(not is_container(part) for part in value)
    if isinstance(value, dict):
        return looks_like_turn(value) or "text" in value or isinstance(value.get("value"), str)
    return True


def is_labels(value: Any) -> bool:
    """Whether a value can be a label, or a list of labels."""
    try:
        labels_of(value, "")
    except Unusable:
        return False
    return True


def taken(columns: Columns) -> set[str | None]:
    """The columns a choice names."""
    return {*columns.input, columns.output, columns.label, columns.group, columns.created, columns.messages, columns.id}


def is_complete(given: Columns | None) -> bool:
    """Whether a choice has both ends, or says that there is but one, so that nothing is guessed."""
    return bool(given and (given.input or given.messages) and (given.output or given.label or given.bare))


def beside(look: Look) -> tuple[Columns, list[str]]:
    """What a person named, with group and time of creation filled in, and the columns that are left."""
    columns = look.given or Columns()
    free = [name for name in look.columns if name not in taken(columns)]
    if is_complete(look.given):
        return columns, free
    columns = replace(
        columns, created=columns.created or first(CREATED, free), group=columns.group or first(GROUP, free)
    )
    return columns, [name for name in free if name not in (columns.created, columns.group)]


def chat_columns(look: Look) -> Columns | None:
    """The columns of a conversation a row; None where no column holds turns, or a person named an input."""
    columns, free = beside(look)
    if columns.input or (columns.output and not columns.messages):
        return None
    if is_complete(look.given):
        return columns
    if not columns.messages:
        columns = replace(columns, messages=_chat(look, free))
        if not columns.messages:
            return None
    free = [name for name in free if name != columns.messages]
    columns = replace(columns, output=columns.output or _answers(look, columns.messages or "", free))
    free = [name for name in free if name != columns.output]
    label = columns.label or first(LABEL, _usable(look, free, is_labels))
    is_answered = not columns.output and plain(columns.messages or "") not in PREFERENCE
    if not label and is_answered and is_closed(_last_turns(columns.messages or "", look)):
        label = columns.messages  # the last turn is the label
    return replace(columns, label=label)


def _chat(look: Look, free: Sequence[str]) -> str | None:
    turns = [n for n in free if plain(n) not in BESIDE and look.share(n, looks_like_turns) > 0.5]
    rounds = [n for n in free if plain(n) in ROUNDS and look.share(n, looks_like_rounds) > 0.5]
    named = [name for wanted in ROUNDS for name in (*turns, *rounds) if plain(name) == wanted]
    if named:
        return named[0]
    texts = [name for name in free if look.share(name, is_container) < 0.5 and name not in turns]
    asked, answered = first((*INPUT, *FOREIGN_INPUT), texts), first((*OUTPUT, *FOREIGN_OUTPUT), texts)
    others = [name for name in turns if plain(name) not in ANSWERS]
    if asked and (answered or not others or first(ANSWERS, turns)):
        return None
    return next(iter(others or turns), None)


def _answers(look: Look, messages: str, free: Sequence[str]) -> str | None:
    """The column with the answers, where most conversations end without one."""
    values = [decoded(value) for value in look.values(messages) if looks_like_turns(value)]
    is_open = sum(map(ends_with_answer, values)) < len(values) / 2
    return first(ANSWERS, _usable(look, free, is_answer)) if is_open else None


def _last_turns(name: str, look: Look) -> list[str]:
    """What the last turn of each conversation says, where it can be read and is the model's.

    None where tools are called: a call that comes again is no label.
    """
    said = []
    for value in look.values(name):
        turns = decoded(value)
        if looks_like_turns(turns):
            try:
                read = turns_of(turns, name)
                if any(map(calls, read)):
                    return []
                said += [answer] if (answer := flattened(read)[1]).strip() else []
            except Unusable:
                continue
    return said


def pair_columns(look: Look, outputs: Sequence[str] = ()) -> tuple[Columns, bool]:
    """The columns of an input with its output or label, and whether names said so; `outputs` are names to prefer.

    `input` may come back empty where no column can be the input.
    """
    columns, free = beside(look)
    if is_complete(look.given):
        return columns, True
    label, output, inputs = columns.label, columns.output, columns.input
    if not label:
        label = first((*LABEL, *FOREIGN_LABEL), _usable(look, free, is_labels))
    free = [name for name in free if name != label]
    if not output and not columns.label:
        usable = _usable(look, free, is_answer)
        output = first((*outputs, "chosen", *OUTPUT, *FOREIGN_OUTPUT), usable) or _short(look, usable, 1)
    texts = [name for name in free if name != output and look.share(name, is_container) <= 0.5]
    if not inputs:
        inputs = _inputs(texts, free, output) or tuple(filter(None, [_short(look, texts, 0)]))
    if not label and not output:  # a column that is named like one and holds objects is refused, not passed over
        output = first(OUTPUT, [name for name in free if name not in (*texts, *inputs)])
        label = None if output else first(LABEL, [name for name in free if name not in (*texts, *inputs)])
    if not inputs:
        inputs = _inputs(free, free, output)
    columns = replace(columns, input=inputs, output=output, label=label)
    is_named = bool(inputs and (output or label))
    free = [name for name in texts if name not in inputs and plain(name) not in (*BESIDE, "chosen")]
    return _settled(_by_values(columns, free, look), look), is_named


def _usable(look: Look, free: Sequence[str], holds: Any) -> list[str]:
    return [name for name in free if look.share(name, holds) >= 0.5 or not look.values(name)]


def _short(look: Look, free: Sequence[str], n: int) -> str | None:
    names = {plain(name): name for name in look.columns}
    return names[SHORT[n]] if names.keys() >= set(SHORT) and names[SHORT[n]] in free else None


def _by_values(columns: Columns, free: list[str], look: Look) -> Columns:
    """The choice with what names did not say filled in from values: the first text is the input."""
    if not columns.input:
        texts = [name for name in free if look.share(name, _is_words) > 0.5]
        prose = [name for name in texts if is_prose(look.values(name))]
        unlike = [name for name in texts if not is_label(look.values(name))]
        has_lists = any(look.share(name, is_container) > 0.5 for name in look.columns)
        candidates = prose or unlike or texts or ([] if has_lists else free)
        if not candidates:
            return columns
        columns = replace(columns, input=(candidates[0],))
        free = [name for name in free if name != candidates[0]]
    free = [name for name in free if not _is_id(name)]
    if columns.output or columns.label:
        return columns
    labels = [name for name in free if is_label(look.values(name)) and not _is_constant(name, look)]
    labels = [name for name in labels if _is_filled(name, look)] or labels
    if len(switches := switch_columns(look, free, 1)) > 1:
        labels = [name for name in labels if name not in switches]
    prose = [n for n in free if n not in labels and is_prose(look.values(n)) and _is_filled(n, look)]
    output = max(prose, key=lambda name: _length(name, look)) if prose else None
    if labels:
        return replace(columns, label=labels[-1], output=output)
    texts = [name for name in free if look.share(name, _is_words) > 0]
    return replace(columns, output=output or (max(texts, key=lambda n: _length(n, look)) if texts else None))


def _is_id(name: str) -> bool:
    """Whether a column is named for what tells rows apart: never an answer or a class, however few rows there are."""
    return plain(name) in ("id", "_id", "uuid", "guid", "hash")


def _is_constant(name: str, look: Look) -> bool:
    """Whether a column says the same in so many rows that it tells no class from another."""
    values = look.values(name)
    return len(values) >= ENOUGH and len(set(map(as_text, values))) == 1


def _is_filled(name: str, look: Look) -> bool:
    return len(look.values(name)) > 0.9 * len(look.rows)


def _settled(columns: Columns, look: Look) -> Columns:
    """`target`, `output` and the like hold labels in a classification file: few short values that come again; a column
    named `label` that holds a sentence of its own in nearly every row holds answers.

    Under a name that promises a text (`completion`, `answer`) they must be shorter and come again more often.
    """
    output, label = columns.output, columns.label
    if label and not output and not (look.given and look.given.label):
        values = look.values(label)
        if len(values) >= ENOUGH and is_prose(values) and len(set(map(as_text, values))) > DISTINCT * len(values):
            return replace(columns, output=label, label=None)
    if output and not columns.label and plain(output) not in PREFERENCE:
        values = look.values(output)
        may_be = plain(output) in ("target", "output", "outputs", "expected", "expected_output")
        if (may_be and len(values) >= ENOUGH and is_label(values)) or is_closed(values):
            return replace(columns, output=None, label=output)
    return columns


def _inputs(texts: Sequence[str], free: Sequence[str], output: str | None) -> tuple[str, ...]:
    names = {plain(name): name for name in reversed(free) if name != output}
    usable = {plain(name): name for name in reversed(texts)}
    wanted = ("premise", "sentence1", "text_a", "question1", *INPUT, *FOREIGN_INPUT)
    chosen = next((name for name in wanted if name in usable), None)
    if not chosen:
        return ()
    return (usable[chosen], *(names[name] for name in COMPANIONS.get(chosen, ()) if name in names))


def _length(name: str, look: Look) -> float:
    values = look.values(name)
    return sum(len(as_text(value)) for value in values) / max(1, len(values))


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and not _numeric(value)


def _numeric(value: str) -> bool:
    try:
        float(value.replace(",", "."))
    except ValueError:
        return False
    return True


def is_prose(values: Sequence[Any]) -> bool:
    """Whether values are sentences: some words each, or long without blanks, as Chinese is written."""
    texts = [value for value in values if _is_words(value)]
    if len(texts) <= len(values) / 2:
        return False
    words = sum(len(text.split()) for text in texts) / len(texts)
    unspaced = [text for text in texts if " " not in text and not text.isascii()]
    return words >= PROSE_WORDS or (len(unspaced) > len(texts) / 2 and _mean_length(unspaced) >= PROSE_LENGTH)


def _mean_length(texts: Sequence[str]) -> float:
    return sum(map(len, texts)) / len(texts)


def switch_columns(look: Look, free: Sequence[str], kinds: int = 2) -> list[str]:
    """The columns that hold 0 or 1 in every row, so many `kinds` of them: one label each, or yes and no."""
    full = [name for name in free if look.rows and len(look.values(name)) == len(look.rows)]
    held = {name: set(map(switch, look.values(name))) for name in full}
    return [name for name, values in held.items() if values <= {0, 1} and len(values) >= kinds]


def switch(value: Any) -> int | None:
    """0 or 1 for a value that is one of them or says so; None for any other."""
    return {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1}.get(as_text(value).strip().lower())


def is_closed(values: Sequence[Any]) -> bool:
    """Whether answers are surely labels: a line of a few words each, and of 20 or more at most a fifth distinct."""
    texts = [as_text(value).strip() for value in values]
    if len(texts) < ENOUGH or max(map(len, texts)) > CLOSED_LENGTH or any("\n" in text for text in texts):
        return False
    return len(set(texts)) <= len(texts) / CLOSED_REPEATS


def is_label(values: Sequence[Any]) -> bool:
    """Whether values look like labels: short, and from 20 rows on at most half of them distinct."""
    if any(map(is_container, values)):
        return False
    texts = [as_text(value) for value in values]
    if not texts or max(map(len, texts)) > LABEL_LENGTH:
        return False
    if len(texts) < ENOUGH:
        return max(len(text.split()) for text in texts) <= 3
    return len(set(texts)) <= len(texts) / 2
