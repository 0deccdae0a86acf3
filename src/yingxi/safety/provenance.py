"""The signed manifest that says how a file was made (C2PA), written last and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import c2pa

from yingxi.core.clip import Provenance
from yingxi.core.digest import plain
from yingxi.core.errors import Refused, YingxiError
from yingxi.core.files import writing
from yingxi.safety.credentials import credentials, known_anchor

SourceType = Literal["algorithmicMedia", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
State = Literal["trusted", "valid", "invalid", "none"]

SHOTS = "yingxi.provenance"  # the label of our assertion: what made each shot
MIME_TYPES = {".mp4": "video/mp4", ".png": "image/png"}

_SOURCE_TYPES = {
    "algorithmicMedia": c2pa.C2paDigitalSourceType.ALGORITHMIC_MEDIA,
    "trainedAlgorithmicMedia": c2pa.C2paDigitalSourceType.TRAINED_ALGORITHMIC_MEDIA,
    "compositeWithTrainedAlgorithmicMedia": c2pa.C2paDigitalSourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA,
}


@dataclass(frozen=True)
class Manifest:
    """What a file's manifest says.

    `state` is ``trusted`` if signed on this machine, ``valid`` if whole and signed by someone this machine does not
    know, ``invalid`` if the file or the manifest was changed since, ``none`` if there is no manifest. `given` are the
    names of its ingredients. `problems` are C2PA's own codes for what failed.
    """

    state: State
    source_type: str | None = None
    title: str | None = None
    signed_by: str | None = None
    software: str | None = None
    given: tuple[str, ...] = ()
    shots: tuple[dict[str, Any], ...] = ()
    problems: tuple[str, ...] = ()


def source_type(provenances: Sequence[Provenance], synthetic_voices: bool) -> SourceType:
    """IPTC's digital source type: drawn by program, sampled from a trained model, or a composite of these and of what
    was found. Raises Refused where all was found: no label may say that it was made here.
    """
    kinds = {p.kind for p in provenances}
    if kinds == {"found"}:
        raise Refused("found", f"{provenances[0].model} was not made here, and is not saved with labels that say so")
    if synthetic_voices or len(kinds) > 1 or any(p.found for p in provenances):
        return "compositeWithTrainedAlgorithmicMedia"
    return "algorithmicMedia" if kinds == {"animation"} else "trainedAlgorithmicMedia"


def sign(path: Path, kind: SourceType, title: str, provenances: Sequence[Provenance]) -> None:
    """Add a signed manifest to an MP4 or PNG, in place, whole or not at all. Nothing may change the file after.

    Files that were given, and not made here, are its ingredients, by name.

    Raises YingxiError if there is no key and none can be made, or the file cannot be signed.
    """
    mine = credentials()
    shots = [plain(p) for p in dict.fromkeys(provenances)]
    given = dict.fromkeys(name for p in provenances for name in p.origins)
    definition = {
        "title": title,
        "ingredients": [{"title": name, "relationship": "inputTo"} for name in given],
        "claim_generator_info": [{"name": "Yingxi", "version": version("yingxi")}],
        "assertions": [{"label": SHOTS, "data": {"shots": shots}}],
    }
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, mine.chain.encode(), mine.key.encode(), None)
    settings = {"builder": {"thumbnail": {"enabled": False}}, "verify": {"verify_after_sign": False}}
    try:
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Context.from_dict(settings) as context,
            c2pa.Builder(definition, context) as builder,
            writing(path) as signed,
            path.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.set_intent(c2pa.C2paBuilderIntent.CREATE, _SOURCE_TYPES[kind])
            builder.sign(signer, MIME_TYPES[path.suffix.lower()], source, target)
    except c2pa.C2paError as error:
        raise YingxiError(f"cannot sign {path}: {error}") from error


def read_manifest(path: Path, mime_type: str) -> Manifest:
    """The manifest of a file, checked against its content. Raises YingxiError only where the file cannot be read."""
    anchor = known_anchor()
    settings: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
    if anchor:
        settings["trust"] = {"user_anchors": anchor}
    try:
        with (
            path.open("rb") as file,
            c2pa.Context.from_dict(settings) as context,
            c2pa.Reader(mime_type, file, context=context) as reader,
        ):
            state = reader.get_validation_state() or "Invalid"
            active = reader.get_active_manifest() or {}
            results = reader.get_validation_results() or {}
    except OSError as error:
        raise YingxiError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except c2pa.C2paError as error:
        if "ManifestNotFound" in type(error).__name__ or "ManifestNotFound" in str(error):
            return Manifest("none")
        return Manifest("invalid", problems=(str(error),))
    failures = results.get("activeManifest", {}).get("failure", [])
    signature = active.get("signature_info", {})
    generator = (active.get("claim_generator_info") or [{}])[0]
    return Manifest(
        {"Trusted": "trusted", "Valid": "valid"}.get(state, "invalid"),  # pyright: ignore[reportArgumentType]
        _source_type_of(active),
        active.get("title"),
        signature.get("common_name") or signature.get("issuer"),
        " ".join(str(generator[k]) for k in ("name", "version") if k in generator) or None,
        tuple(str(i.get("title")) for i in active.get("ingredients", ())),
        tuple(_assertion(active, SHOTS).get("shots", ())),
        tuple(f["code"] for f in failures if f["code"] != "signingCredential.untrusted"),
    )


def _assertion(manifest: dict[str, Any], label: str) -> dict[str, Any]:
    return next((a["data"] for a in manifest.get("assertions", ()) if a["label"] == label), {})


def _source_type_of(manifest: dict[str, Any]) -> str | None:
    for label in ("c2pa.actions.v2", "c2pa.actions"):
        for action in _assertion(manifest, label).get("actions", ()):
            if kind := action.get("digitalSourceType"):
                return kind.rsplit("/", 1)[-1]
    return None
