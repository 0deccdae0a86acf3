"""The command line: arguments in, calls out, no logic. One verb each."""

import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from yingxi.core.errors import YingxiError
from yingxi.core.shapes import Size
from yingxi.core.time import clock

app = typer.Typer(
    help="Yingxi 影戏: a story in, a film out, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
train_app = typer.Typer(help="The recipes that make the models in the box.", no_args_is_help=True)
app.add_typer(train_app, name="train")
eval_app = typer.Typer(help="What the models in the box are worth, measured.", no_args_is_help=True)
app.add_typer(eval_app, name="eval")

Seed = Annotated[int, typer.Option(help="The same seed gives the same pictures.", min=0, max=2**31 - 1)]
SizeText = Annotated[str | None, typer.Option("--size", metavar="WxH", help="Pixels, such as 1280x720.")]
Chapters = Annotated[str | None, typer.Option(help="Only these: 3, 3-5, 7- or 1,4-6.")]
Begins = Annotated[
    str | None, typer.Option("--from", metavar="WORDS|N", help="From the paragraph with these words, or chapter N.")
]
Ends = Annotated[
    str | None, typer.Option("--to", metavar="WORDS|N", help="To the paragraph with these words, or chapter N.")
]
ReaderUrl = Annotated[
    str | None,
    typer.Option("--reader", metavar="http://HOST/v1[#MODEL]", help="A language model that reads the story too."),
]

MODEL_HELP = "nano, stage, the folder or hub name of a Wan checkpoint, http://host/v1, or diffusers:PATH."


def say(text: str) -> None:
    typer.echo(text)


@app.command()
def make(
    story: Annotated[Path, typer.Argument(metavar="STORY|DIR", help="A book, or the folder of a film.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR")] = None,
    model: Annotated[str | None, typer.Option(help=f"auto, {MODEL_HELP}  [default: auto]")] = None,
    language: Annotated[Literal["auto", "en", "zh"] | None, typer.Option(help="[default: auto]")] = None,
    era: Annotated[
        str | None, typer.Option(help="The time it plays in, such as tang, or a pack FILE.yaml.  [default: auto]")
    ] = None,
    chapters: Chapters = None,
    begins: Begins = None,
    ends: Ends = None,
    reader: ReaderUrl = None,
    seconds: Annotated[float | None, typer.Option(help="How long the film shall be.  [default: 60]")] = None,
    takes: Annotated[int | None, typer.Option(help="Stills drawn for each shot.  [default: 4]")] = None,
    size: SizeText = None,
    seed: Annotated[int | None, typer.Option(help="[default: 0]")] = None,
    clip_sound: Annotated[
        Literal["keep", "duck", "drop"] | None,
        typer.Option(help="What a model's clips let be heard; duck: 14 dB lower under speech.  [default: duck]"),
    ] = None,
) -> None:
    """A story becomes a film. Run it again and only what changed is made again."""
    from yingxi.app import Bars, make_film

    began = time.monotonic()
    result = make_film(
        story,
        out=out,
        model=model,
        language=language,
        era=era,
        chapters=chapters,
        begins=begins,
        ends=ends,
        reader=reader,
        seconds=seconds,
        takes=takes,
        size=Size.parse(size) if size else None,
        seed=seed,
        clip_sound=clip_sound,
        progress=Bars(),
    )
    for note in result.notes:
        say(note)
    for slate, rule in result.blocked.items():
        say(f"Shot {slate} is blocked: {rule}")
    took = f"in {clock(time.monotonic() - began)}" if result.made else "nothing to do"
    say(f"{result.film} ({took})")


@app.command()
def read(
    story: Annotated[
        Path,
        typer.Argument(
            metavar="STORY", help="A book: txt, epub, docx, html, md or pdf; or a screenplay: fountain or fdx."
        ),
    ],
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="All of it for programs; - is the screen.")
    ] = None,
    chapters: Chapters = None,
    begins: Begins = None,
    ends: Ends = None,
    reader: ReaderUrl = None,
    language: Annotated[Literal["auto", "en", "zh"], typer.Option()] = "auto",
) -> None:
    """What is understood of a story: chapters, cast, places, scenes, and who says what."""
    from yingxi.app import read_book
    from yingxi.core.files import write_text
    from yingxi.story.understanding import summary

    found = read_book(
        story, language=language, chapters=chapters or "", begins=begins or "", ends=ends or "", reader=reader or "",
        say=lambda line: typer.echo(line, err=True),
    )  # fmt: skip
    if json is None:
        say(summary(found))
    elif json == "-":
        say(found.model_dump_json(indent=1))
    else:
        write_text(Path(json), found.model_dump_json(indent=1) + "\n")
        say(summary(found))


@app.command()
def status(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a film.")],
) -> None:
    """What is current, stale, missing or blocked."""
    from yingxi.app import film_status

    for part in film_status(directory):
        say(f"{part.state:8} {part.name}{f'  ({part.note})' if part.note else ''}")


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a film.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="screenplay.fdx or screenplay.fountain.")],
) -> None:
    """The screenplay for a writing program: Final Draft's .fdx, or Fountain."""
    from yingxi.app import export

    export(directory, path)
    say(str(path))


@app.command()
def lint(
    path: Annotated[
        Path, typer.Argument(metavar="DIR|STORY|FILE", help="A film's folder, a text, or one document of a film.")
    ],
    era: Annotated[
        str | None, typer.Option(help="The time it plays in, such as tang, or a pack FILE.yaml.  [default: auto]")
    ] = None,
) -> None:
    """Names what does not belong to the time of the story, with the fact that it breaks and where that is from.

    Exit code 0 where nothing was found, 1 where something was, 2 where the time cannot be told.
    """
    from yingxi.app import lint as find

    report = find(path, era)
    for line in report.lines():
        say(line)
    raise typer.Exit(1 if report.findings else 0)


@app.command()
def generate(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.mp4", help="A single frame also as .png.")],
    prompt: Annotated[str, typer.Argument(help="What is to be seen.", show_default=False)] = "",
    seconds: Annotated[float | None, typer.Option(help="Of the new part; 0 is one frame.")] = None,
    size: SizeText = None,
    seed: Seed = 0,
    steps: Annotated[int | None, typer.Option(help="Denoising steps.")] = None,
    cache: Annotated[
        float, typer.Option(help="Spare steps whose outcome can be told within this relative error, such as 0.1.")
    ] = 0.0,
    guidance: Annotated[float | None, typer.Option(help="How strictly the prompt is followed; 1 is freely.")] = None,
    negative: Annotated[str | None, typer.Option(help="What is not to be seen.")] = None,
    image: Annotated[Path | None, typer.Option(metavar="FILE", help="A picture held as the first frame.")] = None,
    last_image: Annotated[Path | None, typer.Option(metavar="FILE", help="A picture held as the last frame.")] = None,
    fit: Annotated[Literal["crop", "pad"], typer.Option(help="Pictures of another shape: cut, or put on black.")] = (
        "crop"
    ),
    video: Annotated[Path | None, typer.Option(metavar="FILE", help="A video to go on from, silently.")] = None,
    mode: Annotated[
        Literal["extend", "prepend", "edit", "connect"] | None,
        typer.Option(help="The new part comes after the video, before it, is made of it, or leads to --with."),
    ] = None,
    other: Annotated[Path | None, typer.Option("--with", metavar="FILE", help="The video to connect with.")] = None,
    strength: Annotated[
        float | None, typer.Option(help="How much of an edited video is made anew: above 0, at most 1.")
    ] = None,
    shots: Annotated[
        Path | None, typer.Option(metavar="FILE", help="In place of a prompt: lines of seconds, a space, a prompt.")
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="The end leads into the beginning.")] = False,
    clip_sound: Annotated[Literal["keep", "drop"], typer.Option(help="The clip's sound, if it has one.")] = "keep",
    preview: Annotated[Path | None, typer.Option(metavar="DIR", help="For sheets of the clip as it becomes.")] = None,
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "nano",
    lora: Annotated[
        list[str] | None, typer.Option(metavar="FILE[:SCALE][:high|low]", help="For Wan; may be repeated.")
    ] = None,
    offload: Annotated[bool, typer.Option("--offload", help="Keep in memory only what is needed now (Wan).")] = False,
    compile: Annotated[
        bool, typer.Option("--compile", help="A slow first step, quicker ones after it (Wan on a GPU).")
    ] = False,
    dtype: Annotated[
        Literal["auto", "float32", "bfloat16"], typer.Option(help="Number format of the weights (Wan).")
    ] = "auto",
) -> None:
    """A text becomes a clip. What is pinned - pictures, videos - is kept, the rest is made."""
    from yingxi.app import generate_file
    from yingxi.core.lora import LoraFile
    from yingxi.core.request import Request
    from yingxi.generate.given import Given

    began = time.monotonic()
    path = generate_file(
        Request(
            prompt,
            seconds=seconds,
            size=Size.parse(size) if size else None,
            seed=seed,
            steps=steps,
            cache=cache,
            guidance=guidance,
            negative=negative,
            strength=strength,
            loop=loop,
            fit=fit,
        ),
        Given(image, last_image, video, mode, other, shots),
        out,
        model=model,
        loras=[LoraFile.parse(text) for text in lora or ()],
        offload=offload,
        compile=compile,
        dtype=dtype,
        preview=preview,
        silent=clip_sound == "drop",
    )
    say(f"{path} (in {clock(time.monotonic() - began)})")


@app.command()
def draw(
    prompt: str,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR")],
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=1000)] = 16,
    size: SizeText = None,
    seed: Seed = 0,
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "nano",
) -> None:
    """Stills for a text, with a contact sheet."""
    from yingxi.app import draw_files

    say(str(draw_files(prompt, out, count, model=model, size=Size.parse(size) if size else None, seed=seed)))


@app.command()
def verify(file: Path) -> None:
    """What the labels of a file say; exit 0 if it is whole and labelled as AI-made, 1 if not."""
    from yingxi.safety.verify import verify as read_labels

    labels = read_labels(file)
    for note in labels.notes:
        say(note)
    said = {"title": labels.title, "source": labels.source_type, "software": labels.software}
    for name, value in (said | {"given": ", ".join(labels.given)}).items():
        if value:
            say(f"{name}: {value}")
    for shot in labels.shots:
        say("made by " + ", ".join(f"{key} {value}" for key, value in shot.items() if value))
    raise typer.Exit(0 if labels.whole and labels.ai_labelled else 1)


@train_app.command()
def nano(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR")] = Path("work/nano"),
    hours: Annotated[float, typer.Option(help="Wall-clock time for all stages.", min=0.001)] = 2.0,
    warm: Annotated[bool, typer.Option(help="Start from the shipped weights.")] = False,
) -> None:
    """The recipe that made the model in the box; goes on from its checkpoint if there is one."""
    from yingxi.app import train_nano

    train_nano(out, hours=hours, warm=warm)


@eval_app.command("nano")
def eval_nano(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder of a nano.  [default: the one in the box]")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures there too.")] = None,
) -> None:
    """Asks nano for clips that it was never shown and tells, as tables in Markdown, what is seen in them."""
    from yingxi.app import evaluate_nano

    say(evaluate_nano(directory, json))


@app.command()
def doctor() -> None:
    """Machine, versions, models, voices, and what is missing for what."""
    from yingxi.app import diagnose

    for line in diagnose():
        say(line)


def main() -> None:
    """Run the command line. A mistake is one sentence on stderr and exit code 2."""
    try:
        app()
    except YingxiError as error:
        typer.echo(f"yingxi: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt as stop:
        typer.echo(f"yingxi: {stop or 'stopped; the same command goes on from here'}", err=True)
        sys.exit(130)
