"""Plug-ins found by importing a folder, and those of other packages: one decorated function each, no list of names.

Another package names its plug-ins as entry points of the group `curation.plugins`, each as KIND.NAME = the module that
registers it. Each kind's modules are imported only when plug-ins of that kind are asked for. What cannot be imported or
does not keep the form of its kind is left out, said once in the log and by `left_out`, and stops nothing else.
"""

import importlib
import logging
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from functools import wraps
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points
from textwrap import shorten
from typing import Any, Generic, TypeVar

from curation.errors import Cancelled, CurationError, PluginFailed, nearest

Function = TypeVar("Function", bound=Callable[..., Any])

GROUP = "curation.plugins"
KINDS = ("check", "evidence", "export_format", "file_format", "recipe", "row_shape")
"""What can be plugged in: each is also the name of the decorator that registers it."""
OURS = __name__.partition(".")[0]
MOST_SAID = 200
"""Characters of another package's error in a sentence: enough to search for it."""

_log = logging.getLogger(__name__)
_left_out: dict[str, str] = {}


def left_out(*kinds: str) -> tuple[str, ...]:
    """A sentence for each plug-in (of these kinds) of another package that could not be used in this process so far."""
    return tuple(said for what, said in _left_out.items() if not kinds or what.partition(".")[0] in kinds)


@dataclass(frozen=True)
class Plugin(Generic[Function]):
    """One plug-in: its name (the word used on the command line and in files), title, help and function.

    `needs` names the plug-ins of the same package whose results this one reads.
    `parts` is what else its decorator names; which parts there may be is up to the registry's package.
    `origin` is the package that it came with and its version, "" for our own.
    """

    name: str
    title: str
    help: str
    function: Function
    settings: Any
    needs: tuple[str, ...] = ()
    parts: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether it stands in this package."""
        return _is_ours(self.function)


class Registry(Generic[Function]):
    """The plug-ins of one kind, in name order: those in the folder of a package of ours and those of other packages.

    `@registry(name, title, settings=Settings(), needs=())` registers a function; its module's docstring is the help.
    Reading the registry imports every module of the package first, so a new file is enough.

    `form(plugin)` raises TypeError or ValueError, saying why, for a plug-in that is not as its kind has to be; errors
    of the types in `passes` belong to what a plug-in of this kind answers and are no failure of it.
    """

    def __init__(
        self,
        package: str,
        kind: str,
        form: Callable[[Plugin[Function]], object] = lambda plugin: None,
        passes: tuple[type[Exception], ...] = (),
    ) -> None:
        self.package, self.kind, self.form = package, kind, form
        self._passes: tuple[type[Exception], ...] = (CurationError, Cancelled, *passes)
        self._plugins: dict[str, Plugin[Function]] = {}
        self._found = False

    def __call__(
        self, name: str, title: str, settings: Any = None, needs: Sequence[str] = (), **parts: Any
    ) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            known = self._plugins.get(name)
            # one of ours takes the place of another package's that was imported before it
            if known is not None and (known.is_ours or not _is_ours(function)):
                raise ValueError(f"two plug-ins named {name!r} in {self.package}")
            text = (sys.modules[function.__module__].__doc__ or "").strip()
            plugin = Plugin(name, title, text, function, settings, tuple(needs), parts)
            self._plugins[name] = plugin if plugin.is_ours else self._guarded(plugin)
            return function

        return register

    def all(self) -> dict[str, Plugin[Function]]:
        """Every plug-in of the package and of other packages by name, in name order."""
        if not self._found:
            for module in pkgutil.iter_modules(sys.modules[self.package].__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._found = True
            for entry in entry_points(group=GROUP):
                self._bring(entry)
        return dict(sorted(self._plugins.items()))

    def answers(self, *asked: Any) -> Iterator[tuple[str, Any]]:
        """What each plug-in's function answers to the same question; another package's that fails is left out."""
        for name, plugin in self.all().items():
            try:
                yield name, plugin.function(*asked)
            except PluginFailed as failure:
                self.leave_out(name, str(failure))

    def leave_out(self, name: str, why: str) -> None:
        """Goes on without a plug-in of another package."""
        self._plugins.pop(name, None)
        _leave_out(f"{self.kind}.{name}", why)

    def check_form(self, plugin: Plugin[Function]) -> None:
        """Raises TypeError or ValueError where a plug-in is not as all, and those of its kind, have to be."""
        if not (plugin.name.isidentifier() and plugin.name == plugin.name.lower()):
            raise ValueError(f"its name is {plugin.name!r}; small letters, digits and _ make one")
        if not plugin.title.strip() or not plugin.help:
            raise ValueError("it has no title, or its module no docstring, which is the help that people read")
        if plugin.settings is not None and not is_dataclass(plugin.settings):
            raise TypeError("its settings are no frozen dataclass")
        self.form(plugin)

    def _bring(self, entry: EntryPoint) -> None:
        """Imports what an entry point names, if it is of this kind (or of none, which is said)."""
        kind, _, name = entry.name.partition(".")
        if kind not in KINDS or not name:
            _leave_out(
                entry.name, f"an entry point is named KIND.NAME, and {kind!r} is no kind ({nearest(kind, KINDS)})"
            )
        if kind != self.kind or not name:
            return
        origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.module
        try:
            entry.load()
            plugin = self._plugins.get(name)
            if plugin is None or plugin.is_ours:
                raise ValueError(f"{entry.value} registers no {kind} of its own named {name!r}")
            self._plugins[name] = plugin = replace(plugin, origin=origin)
            self.check_form(plugin)
        except (Exception, SystemExit) as error:  # noqa: BLE001  another package's code may do anything
            if name in self._plugins and not self._plugins[name].is_ours:
                self._plugins.pop(name)
            _leave_out(f"{entry.name} of {origin}", _said(error))

    def _guarded(self, plugin: Plugin[Function]) -> Plugin[Function]:
        """The plug-in with functions that raise PluginFailed where they would raise an error of their own."""

        def guarded(function: Any) -> Any:
            @wraps(function)
            def guard(*args: Any, **kwargs: Any) -> Any:
                try:
                    return function(*args, **kwargs)
                except self._passes:
                    raise
                except Exception as error:
                    where = f"{self.kind.replace('_', ' ')} {plugin.name!r} of {function.__module__}"
                    raise PluginFailed(
                        f"the {where} failed ({_said(error)}); it is not part of curation: mend or uninstall it"
                    ) from error

            return guard

        parts = {name: guarded(part) if callable(part) else part for name, part in plugin.parts.items()}
        return replace(plugin, function=guarded(plugin.function), parts=parts)

    def ordered(self) -> dict[str, Plugin[Function]]:
        """Every plug-in behind all that it needs, in name order where that leaves a choice.

        Raises CurationError naming a need that is no plug-in, or plug-ins that need each other in a circle; those of
        other packages that do are left out.
        """
        plugins = self.all()
        for name, plugin in plugins.items():
            for need in plugin.needs:
                if need not in plugins:
                    return self._without([name], f"{name!r} needs {need!r}, which is no plug-in there")
        sorter = TopologicalSorter({name: plugin.needs for name, plugin in plugins.items()})
        try:
            sorter.prepare()
        except CycleError as error:
            names = list(reversed(error.args[1]))
            return self._without(names, f"plug-ins that need each other: {' needs '.join(map(repr, names))}", error)
        order: list[str] = []
        ready = sorted(sorter.get_ready())
        while ready:
            order.append(ready.pop(0))
            sorter.done(order[-1])
            ready = sorted([*ready, *sorter.get_ready()])
        return {name: plugins[name] for name in order}

    def _without(self, names: Sequence[str], why: str, cause: Exception | None = None) -> dict[str, Plugin[Function]]:
        """The order without the first of these that is another package's; raises CurationError where all are ours."""
        foreign = next((name for name in names if not self._plugins[name].is_ours), None)
        if foreign is None:
            raise CurationError(f"{self.package}: {why}") from cause
        self.leave_out(foreign, why)
        return self.ordered()


def _is_ours(function: Callable[..., Any]) -> bool:
    return function.__module__.partition(".")[0] == OURS


def _said(error: BaseException) -> str:
    return shorten(f"{type(error).__name__}: {error}", MOST_SAID)


def _leave_out(what: str, why: str) -> None:
    if what not in _left_out:
        _left_out[what] = f"The plug-in {what} is left out: {why}."
        _log.warning("%s", _left_out[what])
