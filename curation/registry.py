"""Plug-ins found by importing a folder: one file, one decorated function, no list of names anywhere."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Generic, TypeVar

from curation.errors import CurationError

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Plugin(Generic[Function]):
    """One plug-in: its name (the word used on the command line and in files), title, help and function.

    `needs` names the plug-ins of the same package whose results this one reads.
    `parts` is what else its decorator names; which parts there may be is up to the registry's package.
    """

    name: str
    title: str
    help: str
    function: Function
    settings: Any
    needs: tuple[str, ...] = ()
    parts: Mapping[str, Any] = field(default_factory=dict)


class Registry(Generic[Function]):
    """The plug-ins of one package, in name order.

    `@registry(name, title, settings=Settings(), needs=())` registers a function; its module's docstring is the help.
    Reading the registry imports every module of the package first, so a new file is enough.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self._plugins: dict[str, Plugin[Function]] = {}
        self._found = False

    def __call__(
        self, name: str, title: str, settings: Any = None, needs: Sequence[str] = (), **parts: Any
    ) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            if name in self._plugins:
                raise ValueError(f"two plug-ins named {name!r} in {self.package}")
            text = sys.modules[function.__module__].__doc__ or ""
            self._plugins[name] = Plugin(name, title, text.strip(), function, settings, tuple(needs), parts)
            return function

        return register

    def all(self) -> dict[str, Plugin[Function]]:
        """Every plug-in of the package by name, in name order."""
        if not self._found:
            for module in pkgutil.iter_modules(sys.modules[self.package].__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._found = True
        return dict(sorted(self._plugins.items()))

    def ordered(self) -> dict[str, Plugin[Function]]:
        """Every plug-in behind all that it needs, in name order where that leaves a choice.

        Raises CurationError naming a need that is no plug-in, or plug-ins that need each other in a circle.
        """
        plugins = self.all()
        for name, plugin in plugins.items():
            for need in plugin.needs:
                if need not in plugins:
                    raise CurationError(f"{self.package}: {name!r} needs {need!r}, which is no plug-in there")
        sorter = TopologicalSorter({name: plugin.needs for name, plugin in plugins.items()})
        try:
            sorter.prepare()
        except CycleError as error:
            circle = " needs ".join(repr(name) for name in reversed(error.args[1]))
            raise CurationError(f"{self.package}: plug-ins that need each other: {circle}") from error
        order: list[str] = []
        ready = sorted(sorter.get_ready())
        while ready:
            order.append(ready.pop(0))
            sorter.done(order[-1])
            ready = sorted([*ready, *sorter.get_ready()])
        return {name: plugins[name] for name in order}
