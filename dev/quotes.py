"""Who speaks, measured: `make quotes`. English: LitBank's annotated quotations (Sims and Bamman, 2020), by
cross-validation over books. With --train, the weights that ship are fitted on all of them.

The types are told from the text by a plain rule: a verb of speech beside the quotation with a name or noun is
*explicit*, with a pronoun *pronoun*; all else is *implicit*.
"""

import argparse
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from yingxi.story.ranker import Features
from yingxi.story.turns import Turns

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("YINGXI_SHARED") or ROOT.parent / "shared")


@dataclass(frozen=True)
class Row:
    """A quotation: the book, its type, who speaks by the annotation, and who by our reading (None: unresolved)."""

    book: str
    kind: str
    gold: str
    found: str | None


def right(rows: Sequence[Row]) -> list[bool]:
    """Whether each is right where, in each book, our characters are matched to the annotation's one to one, as well
    as can be."""
    books: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in rows:
        if row.found is not None:
            books[row.book][row.gold, row.found] += 1
    pairs: set[tuple[str, str, str]] = set()
    for book, counts in books.items():
        ours = sorted({found for _, found in counts})
        theirs = sorted({gold for gold, _ in counts})
        table = np.array([[counts[gold, found] for found in ours] for gold in theirs])
        pairs |= {(book, theirs[i], ours[j]) for i, j in zip(*linear_sum_assignment(-table), strict=True)}
    return [(row.book, row.gold, row.found) in pairs for row in rows]


def b_cubed(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Precision, recall and F of the clusters of quotations by speaker, over all quotations; an unresolved one is
    alone. Bagga and Baldwin, 1998."""
    ours: dict[tuple[str, str], set[int]] = defaultdict(set)
    theirs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        ours[row.book, row.found if row.found is not None else f" {number}"].add(number)
        theirs[row.book, row.gold].add(number)
    precision = recall = 0.0
    for number, row in enumerate(rows):
        a = ours[row.book, row.found if row.found is not None else f" {number}"]
        b = theirs[row.book, row.gold]
        precision += len(a & b) / len(a)
        recall += len(a & b) / len(b)
    precision, recall = precision / len(rows), recall / len(rows)
    return precision, recall, 2 * precision * recall / (precision + recall)


def hidden(turns: Turns, told: Sequence[str | None]) -> list[tuple[list[Features], int]]:
    """What the text says outright, with its tag hidden: how turns are taken where nobody is named.
    `told`: who speaks each of the speeches."""
    found = []
    for index in range(len(turns.speeches)):
        right = turns.outright(index)
        if right is None:
            continue
        bare = turns.untagged(index)
        lately = told[max(0, index - 7) : index][::-1]
        options = bare.candidates(index, lately)
        if right in options:
            found.append(([bare.features(index, o, lately) for o in options], options.index(right)))
    return found


def table(
    rows: Sequence[Row], correct: Sequence[bool], kinds: Sequence[str] = ("explicit", "pronoun", "implicit")
) -> str:
    """One line a type of quotation, and one for all."""
    lines = ["| quotations | number | attributed | precision | recall | F |", "| --- | --- | --- | --- | --- | --- |"]
    for kind in (*kinds, "all"):
        of = [i for i, row in enumerate(rows) if kind in ("all", row.kind)]
        told = sum(rows[i].found is not None for i in of)
        good = sum(correct[i] for i in of)
        if not of:
            continue
        p, r = good / max(1, told), good / len(of)
        f = 2 * p * r / max(1e-9, p + r)
        lines.append(f"| {kind} | {len(of)} | {told} | {100 * p:.1f} | {100 * r:.1f} | {100 * f:.1f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", action="store_true", help="fit the weights that ship")
    args = parser.parse_args()
    if not (SHARED / "quotes").is_dir():
        print(f"there are no annotated quotations in {SHARED}", file=sys.stderr)
        raise SystemExit(2)
    sys.path.insert(0, str(ROOT / "dev"))
    import quotes_chinese
    import quotes_english

    for part in (quotes_english, quotes_chinese):
        part.train() if args.train else part.report()


if __name__ == "__main__":
    main()
