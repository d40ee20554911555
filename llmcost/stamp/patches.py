"""Changes to libraries, made when the tests import them and undone at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Patch = Callable[[ModuleType, "Patches"], None]


@dataclass
class Patches:
    """The changes that were made, and what was there before."""

    before: list[tuple[Any, str, Any]] = field(default_factory=list)

    def replace(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        """Put `wrap(what is there)` in its place."""
        original = getattr(owner, name)
        self.before.append((owner, name, original))
        setattr(owner, name, wrap(original))

    def undo(self) -> None:
        """Put everything back, the last change first."""
        while self.before:
            setattr(*self.before.pop())


@dataclass(eq=False)
class Importing(MetaPathFinder):
    """Patches modules as soon as they are imported, and those that already are."""

    by_module: Mapping[str, Patch]
    patches: Patches = field(default_factory=Patches)

    def start(self) -> None:
        """Patch what is there, and wait for the rest."""
        for name, patch in self.by_module.items():
            if name in sys.modules:
                patch(sys.modules[name], self.patches)
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Wait no longer, and put everything back."""
        sys.meta_path.remove(self)
        self.patches.undo()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Have the others find the module, and patch it after it ran."""
        if fullname not in self.by_module:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(fullname, path, target) if finder is not self else None
            if spec is not None and spec.loader is not None:
                self.follow(spec.loader, fullname)
                return spec
        return None

    def follow(self, loader: Any, name: str) -> None:
        """Patch the module when its loader has run it; a loader may have others to run."""
        run = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            if module.__name__ == name:
                self.by_module[name](module, self.patches)

        loader.exec_module = exec_module
