"""Which rules have no test: ``./test --coverage-of-rules``.

A test proves a rule when it carries ``@pytest.mark.rule("HN-38")``, on itself, its class or its
module. The ids come from the rulebook's catalogue.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE = PROJECT / "provincial" / "rulebook" / "catalogue.json"


def rule_ids(catalogue: Path = CATALOGUE) -> list[str]:
    """All rule ids, in the order of the catalogue."""
    return [rule["id"] for rule in json.loads(catalogue.read_text(encoding="utf-8"))["rules"]]


def marked(source: str) -> Iterator[str]:
    """The ids in the ``rule`` marks of one test file."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "rule"
            and isinstance(node.func.value, ast.Attribute)
            and node.func.value.attr == "mark"
        ):
            yield from (
                word.value
                for word in node.args
                if isinstance(word, ast.Constant) and isinstance(word.value, str)
            )


def tested_ids(folder: Path = PROJECT / "tests") -> set[str]:
    """The ids that any test file under ``folder`` marks."""
    return {
        rule
        for path in folder.rglob("test_*.py")
        for rule in marked(path.read_text(encoding="utf-8"))
    }


def main() -> int:
    """Print the untested ids by document and the count."""
    rules = rule_ids()
    tested = tested_ids()
    bare = [rule for rule in rules if rule not in tested]
    for prefix in dict.fromkeys(rule.partition("-")[0] for rule in rules):
        own = [rule for rule in bare if rule.startswith(prefix + "-")]
        if own:
            print(f"{prefix} ({len(own)} without a test): {' '.join(own)}")
    for rule in sorted(tested - set(rules)):
        print(f"{rule} is marked by a test but is no rule of the catalogue")
    print(f"{len(rules) - len(bare)} of {len(rules)} rules have a test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
