"""Plug-ins found by importing a folder: one file, one decorated function, no list of names anywhere."""

import importlib
import pkgutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Plugin(Generic[Function]):
    """One plug-in: its name (the word used on the command line and in files), title, help and function.

    `parts` is what else its decorator names; which parts there may be is up to the registry's package.
    """

    name: str
    title: str
    help: str
    function: Function
    settings: Any
    parts: Mapping[str, Any] = field(default_factory=dict)


class Registry(Generic[Function]):
    """The plug-ins of one package, in name order.

    `@registry(name, title, settings=Settings())` registers a function; the docstring of its module is the help.
    Reading the registry imports every module of the package first, so a new file is enough.
    """

    def __init__(self, package: str) -> None:
        self.package = package
        self._plugins: dict[str, Plugin[Function]] = {}
        self._found = False

    def __call__(self, name: str, title: str, settings: Any = None, **parts: Any) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            if name in self._plugins:
                raise ValueError(f"two plug-ins named {name!r} in {self.package}")
            text = sys.modules[function.__module__].__doc__ or ""
            self._plugins[name] = Plugin(name, title, text.strip(), function, settings, parts)
            return function

        return register

    def all(self) -> dict[str, Plugin[Function]]:
        """Every plug-in of the package by name, in name order."""
        if not self._found:
            for module in pkgutil.iter_modules(sys.modules[self.package].__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._found = True
        return dict(sorted(self._plugins.items()))
