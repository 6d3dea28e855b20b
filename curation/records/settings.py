"""What a person may set: the fields of a frozen Settings, read from their metadata; one rule for flags, forms, stores.

A field's metadata holds `help`, and `choices` or, for a number, `min` and `max`. Fields that no person can type
(functions, datasets, settings within settings) are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from curation.errors import UsageError, nearest

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Option:
    """One field of a Settings: what it is set to (`default`), and which values it may have.

    Without `choices` a value is of the type `kind`, a number between `low` and `high`. With both, either will do.
    """

    name: str
    default: Any
    kind: type
    help: str
    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def allowed(self) -> str:
        """The values it may have, in words."""
        ways = [str(choice) for choice in self.choices]
        if self.low is not None:
            kind = "a number" if self.kind is float else "a whole number"
            ways.append(f"{kind} from {self.low:,} to {self.high:,}")
        return " or ".join(ways) or ("yes or no" if self.kind is bool else "a text")

    def read(self, text: str) -> Any:
        """The value a text stands for. Raises UsageError naming the values it may have."""
        for choice in self.choices:
            if text == str(choice):
                return choice
        try:
            value = text if self.low is None else float(text) if self.kind is float else int(text)
        except ValueError:
            value = text
        return self.checked(value)

    def checked(self, value: Any) -> Any:
        """The value. Raises UsageError naming those it may have where it is none of them."""
        if not self._may_be(value):
            raise UsageError(f"{self.name} is {value!r}; choose {self.allowed}")
        return value

    def _may_be(self, value: Any) -> bool:
        if isinstance(value, bool) or self.kind is bool:
            return type(value) is self.kind
        if value in self.choices:
            return True
        if self.low is None or self.high is None:
            return isinstance(value, str) and not self.choices
        return isinstance(value, float | int if self.kind is float else int) and (self.low <= value <= self.high)


def options(settings: Any) -> tuple[Option, ...]:
    """What a person may set of these settings, in the order of the fields; `default` is the value they hold."""
    own = [field for field in fields(settings) if isinstance(field.default, bool | int | float | str)]
    return tuple(
        Option(
            field.name,
            getattr(settings, field.name),
            type(field.default),
            field.metadata["help"],
            field.metadata.get("choices", ()),
            field.metadata.get("min"),
            field.metadata.get("max"),
        )
        for field in own
    )


def changed(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with these values. Raises UsageError on a field there is not, or a value it may not have."""
    known = {option.name: option for option in options(settings)}
    for name in values:
        if name not in known:
            raise UsageError(f"There is no setting {name!r}: {nearest(name, known)}.")
    return replace(settings, **{name: known[name].checked(value) for name, value in values.items()})  # type: ignore[type-var]  # a dataclass


def differences(settings: Any, built_in: Any) -> dict[str, Any]:
    """The values of these settings that are not the built-in ones, by name."""
    now = {option.name: option.default for option in options(settings)}
    return {o.name: now[o.name] for o in options(built_in) if o.name in now and now[o.name] != o.default}
