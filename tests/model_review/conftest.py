"""A model that reads rows: a server that answers as told, and what it was asked about."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from curation.model_review.prompt import Question, Writer
from curation.model_review.rows import Row
from curation.model_review.rubric import built_in
from tests.measure.endpoint_server import Act, Handler, tokens_of

MARKED = re.compile(r"<<(INPUT|ANSWER|TEXT|LABEL|LABELS) ([0-9a-f]{16})>>\n(.*?)\n<<END \1 \2>>", re.DOTALL)


def parts_of(prompt: str) -> dict[str, str]:
    """What stands between the marks of a question, by their names."""
    return {name: text for name, _, text in MARKED.findall(prompt)}


def asked(body: Mapping[str, Any]) -> dict[str, str]:
    """The row that a request is about, by the names of its marks."""
    return parts_of(str(body["messages"][-1]["content"]))


def reading(said: str, **more: Any) -> str:
    """A reply in the form asked for."""
    return json.dumps({"reason": "because", "reading": said, "kind": "", "passage": ""} | more)


def replies(answer: Callable[[Mapping[str, str]], str]) -> Act:
    """Reply with what is said of the row asked about, with honest counts."""

    def act(handler: Handler) -> None:
        text = answer(asked(handler.body))
        said = {"prompt_tokens": tokens_of(handler.body), "completion_tokens": max(1, len(text) // 4)}
        handler.send(200, handler.reply_body(text, said))

    return act


LABELS = {"refund": "money back", "delivery": "", "account": "logging in"}


@pytest.fixture
def sorting() -> Writer:
    """Writes questions about labels."""
    return Writer(built_in("classification"), LABELS)


@pytest.fixture
def judging() -> Writer:
    """Writes questions about texts."""
    return Writer(built_in("text"), {})


@pytest.fixture
def question(sorting: Writer) -> Question:
    """One about a text labelled refund."""
    return sorting.write(Row("a", "send my money back, please", "refund"))
