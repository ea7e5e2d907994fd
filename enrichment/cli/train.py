"""`enrich train`: versions of what looks, reads and decides."""

from __future__ import annotations

import hashlib
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from enrichment.cli.output import console
from enrichment.cli.sources import Sources, sources_of
from enrichment.progress.open import open_progress
from schemas.errors import UsageError
from schemas.records import bounded

app = typer.Typer(no_args_is_help=True)
Out = Annotated[Path, typer.Option(help="Folder that gets the version folder.")]
Version = Annotated[str, typer.Option(help="Name of the new version.")]
Backbone = Annotated[str, typer.Option(help="Any timm backbone, or one of the project's own.")]
Weights = Annotated[Path | None, typer.Option(help="First weights (safetensors); else the hub's.")]
Start = Annotated[Path | None, typer.Option(help="Version folder to go on from.")]
Threads = Annotated[int, typer.Option(help="Threads of the training process.")]
Claims = Annotated[
    Path | None,
    typer.Option(help="What a text reader claims of the rows (`enrich labels mine`); by default it is asked now."),
]
Balanced = Annotated[bool, typer.Option(help="Let a rare value weigh as much as a frequent one: for macro-F1.")]
Corrections = Annotated[Path | None, typer.Option(help="Reviewed CSV of `enrich labels audit`.")]
Part = Annotated[
    str | None,
    typer.Option(
        help="LEFT,TOP,RIGHT,BOTTOM: the part of a picture that the version reads, in shares of its sides, such as "
        "0.2,0.05,0.8,0.5 for the upper half of people. Default: what START reads, else the whole."
    ),
]
HeadRate = Annotated[float, typer.Option(help="Highest learning rate of the heads.")]
Patience = Annotated[int, typer.Option(help="Epochs without a better answer before it stops.")]
Share = Annotated[
    list[str] | None, typer.Option(help="SOURCE=PART of an epoch's pictures, such as phone=0.22. Repeat for several.")
]


@app.callback()
def told() -> None:
    """Train image models, text models and fusion weights."""
    # How each epoch answered is for whoever waits, as progress is.
    logging.getLogger("enrichment.vision").setLevel(logging.INFO)


@app.command("group")
def group(
    source: Sources,
    out: Out,
    work: Annotated[Path, typer.Option(help="Scratch folder: decoded pictures, checkpoints, logs; resumes from it.")],
    version: Version = "candidate",
    backbone: Backbone = "resnet50",
    weights: Weights = None,
    start: Start = None,
    epochs: int = 8,
    epoch_pictures: int = 20_000,
    batch: int = 64,
    side: Annotated[int, typer.Option(help="Training side in pixels.")] = 160,
    serve_side: Annotated[int, typer.Option(help="Side that the version answers at.")] = 192,
    part: Part = None,
    threads: Threads = 2,
    seed: int = 17,
    rate: Annotated[float, typer.Option(help="Highest learning rate of the trunk's last stage.")] = 4e-4,
    head_rate: HeadRate = 2e-3,
    patience: Patience = 4,
    share: Share = None,
    cut_mix: Annotated[float, typer.Option(help="Share of batches with parts of other pictures laid over.")] = 0.0,
    keep_every: Annotated[int, typer.Option(help="Batches between two checkpoints to resume from.")] = 100,
    claims: Claims = None,
    corrections: Corrections = None,
    balanced: Balanced = False,
    research: Annotated[bool, typer.Option(help="Mark a version whose data must never ship.")] = False,
    fast_dev_run: Annotated[bool, typer.Option(help="One step of everything, to see that it runs.")] = False,
) -> None:
    """Train trunk, group head, taggers and embedding together, then calibrate, measure and seal the version."""
    from enrichment.vision.train import train_group

    given: dict[str, Any] = {"version": version, "backbone": backbone, "weights": weights, "start": start}
    given |= {"epochs": epochs, "epoch_pictures": epoch_pictures, "batch": batch, "side": side}
    given |= {"serve_side": serve_side, "threads": threads, "seed": seed, "rate": rate, "head_rate": head_rate}
    given |= {"research": research, "fast_dev_run": fast_dev_run, "patience": patience, **_shares(share)}
    given |= {"part": _part(part), "claims": claims, "keep_every": keep_every, "balanced": balanced, "cut_mix": cut_mix}
    _say(train_group(_settings(source, out, work, corrections, given), open_progress(_kind())))


@app.command("taggers")
def taggers(
    source: Sources,
    out: Out,
    work: Annotated[Path, typer.Option(help="Scratch folder: decoded pictures, checkpoints, logs; resumes from it.")],
    start: Annotated[
        Path | None, typer.Option(help="Version folder whose trunk stays; else that of BACKBONE and WEIGHTS.")
    ] = None,
    version: Version = "candidate",
    backbone: Backbone = "resnet50",
    weights: Weights = None,
    epochs: int = 12,
    views: Annotated[int, typer.Option(help="How often each picture is seen: once plain, then augmented.")] = 2,
    serve_side: Annotated[int, typer.Option(help="Side that the version answers at.")] = 192,
    part: Part = None,
    batch: int = 64,
    head_rate: HeadRate = 2e-3,
    patience: Patience = 4,
    share: Share = None,
    threads: Threads = 2,
    seed: int = 17,
    claims: Claims = None,
    corrections: Corrections = None,
    balanced: Balanced = False,
    regroup: Annotated[bool, typer.Option(help="Let the group head move as well.")] = False,
    research: Annotated[bool, typer.Option(help="Mark a version whose data must never ship.")] = False,
) -> None:
    """Train the taggers and the embedding on a frozen trunk: a version's, or one with its first weights."""
    from enrichment.vision.train import train_taggers

    given: dict[str, Any] = {"version": version, "start": start, "epochs": epochs, "views": views, "regroup": regroup}
    given |= {"backbone": backbone, "weights": weights}
    given |= {"serve_side": serve_side, "threads": threads, "seed": seed, "research": research, "claims": claims}
    given |= {"balanced": balanced, "batch": batch, "head_rate": head_rate, "patience": patience}
    given |= {"part": _part(part), **_shares(share)}
    _say(train_taggers(_settings(source, out, work, corrections, given), open_progress(_kind())))


@app.command("soup")
def soup(
    versions: Annotated[list[Path], typer.Argument(help="Version folders that grew from one start, the best first.")],
    source: Sources,
    out: Out,
    work: Annotated[Path, typer.Option(help="Scratch folder: mined claims.")],
    version: Version = "candidate",
    group_from: Annotated[Path | None, typer.Option(help="Version folder whose group head stays.")] = None,
    claims: Claims = None,
    corrections: Corrections = None,
    research: Annotated[bool, typer.Option(help="Mark a version whose data must never ship.")] = False,
) -> None:
    """Average the weights of versions, in the shares that answer best on validation rows."""
    from enrichment.vision.soup import train_soup

    given: dict[str, Any] = {"version": version, "claims": claims, "research": research, "start": versions[0]}
    _say(train_soup(_settings(source, out, work, corrections, given), versions, open_progress(_kind()), group_from))


@app.command("text")
def text(
    data: Annotated[Path, typer.Option(help="Folder that holds fashion-products/ and descriptions/.")],
    out: Out,
    version: Version = "candidate",
) -> None:
    """Train everything the text reader learns (linear models, word vectors, entity recogniser), then measure it."""
    from enrichment.models.version import Kind, seal
    from nlp.training.parts import train_parts

    _made(out)
    train_parts(data, out / version)
    seal(out / version, Kind.TEXT, "text", version)
    _say(out / version)


@app.command("fusion")
def fusion(
    data: Annotated[Path, typer.Option(help="Folder that holds fashion-products/ and clothing-photos/.")],
    out: Out,
    version: Version = "candidate",
    vision: Annotated[
        Path | None, typer.Option(help="Folder of the image version to be believed; by default the packaged one.")
    ] = None,
    threads: Threads = 2,
) -> None:
    """Learn how far each source is believed for each attribute, on products of known truth."""
    from enrichment.desk.learn_fusion import train_fusion
    from enrichment.models.version import Kind, open_version

    looks = open_version(vision, Kind.VISION) if vision else None
    _made(out)
    _say(train_fusion(data, out / version, version, threads, looks))


def _made(*folders: Path) -> None:
    """Make the folders that are to be written: one that cannot be there is told before anything is learned."""
    from enrichment.stores.space import writing

    for folder in folders:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)


def _settings(source: list[str], out: Path, work: Path, corrections: Path | None, given: dict[str, Any]) -> Any:
    from enrichment.labels.corrections import read_corrections
    from enrichment.vision.settings import TrainSettings

    sources = sources_of(source)
    _made(out, work)
    corrected = read_corrections(corrections) if corrections else {}
    given["claims"] = given["claims"] or _mined(sources, work / given["version"])
    return TrainSettings(sources=sources, out=out, work=work, corrections=corrected, **given)


def _shares(given: list[str] | None) -> dict[str, Any]:
    """Read SOURCE=PART options; without any, the settings' own stand."""
    if not given:
        return {}
    shares = {}
    for one in given:
        name, _, part = one.partition("=")
        try:
            shares[name] = float(part)
        except ValueError as error:
            raise UsageError(f"--share {bounded(one)!r}: allowed: SOURCE=PART, such as phone=0.22") from error
    return {"shares": shares}


def _part(given: str | None) -> tuple[float, ...] | None:
    """Read LEFT,TOP,RIGHT,BOTTOM; the settings say whether such a part can be cut out."""
    if given is None:
        return None
    try:
        return tuple(float(share) for share in given.split(","))
    except ValueError as error:
        raise UsageError(f"--part {bounded(given)!r}: allowed: LEFT,TOP,RIGHT,BOTTOM, such as 0.1,0,0.9,0.6") from error


def _mined(sources: dict[str, Path], folder: Path) -> Path:
    """Read the rows' words with the text extractors; a run that is taken up keeps what it began with."""
    from enrichment.desk.mine_labels import mine_labels

    # Claims of other sources are no claims of these.
    known = repr(
        [(name, path.name, path.stat().st_size if path.is_file() else 0) for name, path in sorted(sources.items())]
    )
    path = folder / f"claims-{hashlib.sha256(known.encode()).hexdigest()[:12]}.parquet"
    if not path.is_file():
        mine_labels(sources, path, open_progress(_kind()))
    return path


def _kind() -> str:
    return "rich" if sys.stderr.isatty() else "log"


def _say(folder: Path) -> None:
    console().print(
        f"version folder {folder}\n`enrich models add` puts it into a store, `promote` in force", markup=False
    )
