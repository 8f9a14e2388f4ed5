"""``python -m bench [name …]``: run the benches named, or all, and print the ratios."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from bench import board, import_20k, list_deep, quota_form, read_xlsx
from bench.measure import Result, table
from bench.place import Place, throw_away_place

BENCHES: dict[str, Callable[[Place], list[Result]]] = {
    "quota_form": quota_form.run,
    "board": board.run,
    "list_deep": list_deep.run,
    "read_xlsx_20k": read_xlsx.run,
    "import_20k": import_20k.run,
}


def main(names: Sequence[str]) -> int:
    """Run and print; 2 when a name is unknown."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    results = []
    for name in names or BENCHES:
        with throw_away_place() as place:
            print(f"{name} …", file=sys.stderr, flush=True)
            results += BENCHES[name](place)
    print(
        "\nRatios of medians, both sides measured in turn; a higher ratio is better for the house."
    )
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
