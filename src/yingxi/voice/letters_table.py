"""Makes `letters.json` from misaki's lexicon: `python -m yingxi.voice.letters_table` (a minute or two).

Prints how well a table learnt without every 80th word reads those words.
"""

import json
import re
import sys
from importlib.resources import files
from pathlib import Path

from yingxi.core.files import write_text
from yingxi.voice.letters import Letters, tokens


def words() -> list[tuple[str, str]]:
    """Lower-case words of three letters or more and their phonemes; acronyms are left out."""
    found: dict[str, str] = {}
    for rank in ("silver", "gold"):
        entries = json.loads((files("misaki") / "data" / f"us_{rank}.json").read_text("utf-8"))
        for word, entry in entries.items():
            if re.fullmatch("[A-Za-z][a-z]{2,}", word):
                found[word.lower()] = entry["DEFAULT"] if isinstance(entry, dict) else entry
    return sorted(found.items())


def error(letters: Letters, held: list[tuple[str, str]]) -> float:
    """Phoneme errors per phoneme, stress aside."""
    wrong = total = 0
    for word, sounds in held:
        said, right = (tokens(re.sub("[ˈˌ]", "", p)) for p in (letters.sounds(word), sounds))
        wrong += distance(said, right)
        total += len(right)
    return wrong / total


def distance(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """Edits that turn one sequence into the other (Levenshtein)."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def main() -> None:
    everything = words()
    held = everything[::80]
    kept = Letters.learn(pair for i, pair in enumerate(everything) if i % 80)
    sys.stdout.write(f"{error(kept, held):.1%} of phonemes wrong in {len(held)} unseen words\n")
    table = dict(Letters.learn(everything).table)
    write_text(
        Path(__file__).with_name("letters.json"),
        json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n",
    )


if __name__ == "__main__":
    main()
