"""A wheel carries the shipped price book also as bytes that are read at once, see llmcost/compiled.py."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledBook(BuildHookInterface):  # type: ignore[type-arg]
    """Compile the book when a wheel is built; a checkout that is installed as it lies has the user's cache instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the bytes beside the checkout and put them into the wheel."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from llmcost.pricing.files import compile_shipped_book

        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "pricing.book"
        compile_shipped_book(file)
        build_data["force_include"][str(file)] = "llmcost/compiled/pricing.book"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written."""
        if version != "editable":
            self.folder.cleanup()
