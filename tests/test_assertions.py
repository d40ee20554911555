"""Every test can fail: it asserts, expects a refusal, or calls what does."""

from __future__ import annotations

import ast
from pathlib import Path

EXPECTING = {"raises", "warns", "fail"}


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def asserts(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or bool(EXPECTING & called(function))


def called(function: ast.FunctionDef) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}


def test_every_test_asserts_or_calls_what_asserts() -> None:
    files = sorted(Path(__file__).parent.glob("*.py"))
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    helpers = {
        f.name for tree in trees.values() for f in functions(tree) if not f.name.startswith("test") and asserts(f)
    }
    tests = [(file.name, f) for file, tree in trees.items() for f in functions(tree) if f.name.startswith("test_")]

    assert len(tests) > 500
    assert [] == [(file, f.name) for file, f in tests if not asserts(f) and not helpers & called(f)]
