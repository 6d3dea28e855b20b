"""Settings from their metadata: what may be set, what is refused, and by which name of a range."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from curation.checks import check
from curation.dedup import Settings as DedupSettings
from curation.errors import UsageError
from curation.export.formats import export_format
from curation.records import Dataset
from curation.records.settings import changed, differences, options


@dataclass(frozen=True)
class Settings:
    rows: int = field(default=10, metadata={"help": "Fewest rows", "min": 2, "max": 10_000})
    share: float = field(default=0.5, metadata={"help": "Least share", "min": 0.0, "max": 1.0})
    strict: bool = field(default=False, metadata={"help": "Be strict"})
    how: Literal["fast", "slow"] = field(default="fast", metadata={"help": "How", "choices": ("fast", "slow")})
    size: int | Literal["auto"] = field(
        default="auto", metadata={"help": "Size", "choices": ("auto",), "min": 2, "max": 9}
    )
    path: str = field(default="", metadata={"help": "A file"})
    other: Dataset | None = field(default=None, metadata={"help": "A dataset"})


def option(name):
    return next(option for option in options(Settings()) if option.name == name)


def test_what_nobody_can_type_is_left_out():
    assert [option.name for option in options(Settings())] == ["rows", "share", "strict", "how", "size", "path"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("rows", "12", 12), ("share", "1", 1.0), ("how", "slow", "slow"), ("size", "auto", "auto"), ("size", "4", 4),
     ("path", "a b.json", "a b.json"), ("path", "7", "7")],
)  # fmt: skip
def test_a_text_is_read_as_its_value(name, text, value):
    assert option(name).read(text) == value
    assert type(option(name).read(text)) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "range"),
    [("rows", "1", "a whole number from 2 to 10,000"), ("rows", "2.5", "a whole number"), ("share", "1.1", "from 0.0 to 1.0"),
     ("share", "nan", "from 0.0 to 1.0"), ("how", "quick", "fast or slow"), ("size", "10", "auto or a whole number from 2 to 9")],
)  # fmt: skip
def test_a_value_out_of_range_is_refused_and_the_range_named(name, text, range):
    with pytest.raises(UsageError, match=range):
        option(name).read(text)


@pytest.mark.parametrize(
    ("name", "value"), [("rows", True), ("rows", "12"), ("rows", 2.0), ("strict", 1), ("how", None), ("path", 3)]
)
def test_a_stored_value_of_another_kind_is_refused(name, value):
    with pytest.raises(UsageError, match=f"{name} is"):
        changed(Settings(), {name: value})


def test_an_unknown_setting_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match="did you mean 'share'"):
        changed(Settings(), {"shard": 0.2})
    with pytest.raises(UsageError, match="no setting 'other'"):
        changed(Settings(), {"other": None})


def test_what_differs_from_the_built_in_settings():
    now = changed(Settings(), {"rows": 3, "how": "fast"})
    assert differences(now, Settings()) == {"rows": 3}
    assert changed(Settings(), differences(now, Settings())) == now


@pytest.mark.parametrize(
    "settings",
    [*(p.settings for r in (check, export_format) for p in r.all().values()), DedupSettings()],
    ids=lambda settings: type(settings).__module__,
)
def test_built_in_settings_are_in_their_own_range(settings):
    for option in options(settings):
        assert option.checked(option.default) == option.default
        assert option.help
        assert option.choices or option.low is not None or option.kind in (bool, str)
