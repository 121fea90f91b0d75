"""The house's own rules of size and documentation, held by a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path
    for folder in ("mingpu", "bench", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
LONGEST_MODULE, LONGEST_FUNCTION, MOST_METHODS = 400, 40, 20
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the module's public functions and classes, and the public methods of those."""
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner
                    for inner in node.body
                    if isinstance(inner, FUNCTIONS) and not inner.name.startswith("_")
                )


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_a_module_is_small_documented_and_imports_at_the_top(path):
    text = path.read_text()
    tree = ast.parse(text)
    troubles = []
    if len(text.splitlines()) > LONGEST_MODULE:
        troubles.append(f"{len(text.splitlines())} lines")
    if text.strip() and not ast.get_docstring(tree):
        troubles.append("no docstring")
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            assert node.end_lineno
            if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
                troubles.append(f"{node.name} has {node.end_lineno - node.lineno + 1} lines")
            troubles += [
                f"import inside {node.name}"
                for inner in ast.walk(node)
                if isinstance(inner, ast.Import | ast.ImportFrom)
            ]
        if (
            isinstance(node, ast.ClassDef)
            and sum(isinstance(inner, FUNCTIONS) for inner in node.body) > MOST_METHODS
        ):
            troubles.append(f"{node.name} has too many methods")
    troubles += [f"{node.name} has no docstring" for node in public(tree) if not ast.get_docstring(node)]
    assert not troubles


def test_the_project_names_no_machine_and_no_registry():
    # Split so that this file does not find itself.
    forbidden = re.compile(
        "/ro" + "ot/|/ho" + "me/|pythonhosted" + r"\.org|pypi\." + "org/simple|registry\\.npm" + "js"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ROOT.rglob("*")
        if path.is_file()
        and not {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache"} & set(path.parts)
        and path.suffix in {".py", ".md", ".toml", ".sh", ".lock", ".html", ".css", ".js", ".sql", ""}
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found
