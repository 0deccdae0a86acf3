"""The `AIGC` metadata field of GB 45438-2025: what a file says of itself to programs that look for it."""

import html
import json
import re
from collections.abc import Mapping
from importlib.metadata import version

FIELD = "AIGC"
XMP = "XML:com.adobe.xmp"
LABELS = {"1": "is generated", "2": "may be generated", "3": "is suspected to be generated"}

_NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_KEYS = (
    "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
)  # fmt: skip


def aigc_field(produce_id: str) -> dict[str, str]:
    """The inner object for content that *is* generated. At first writing, the propagator is the producer."""
    producer = f"Yingxi {version('yingxi')}"
    return {
        "Label": "1",
        "ContentProducer": producer,
        "ProduceID": produce_id,
        "ReservedCode1": "",
        "ContentPropagator": producer,
        "PropagateID": produce_id,
        "ReservedCode2": "",
    }


def video_metadata(produce_id: str) -> dict[str, str]:
    """The field as an MP4 holds it (clause 5.2 and annex E: the object under the key AIGC)."""
    return {FIELD: _dump({FIELD: aigc_field(produce_id)})}


def picture_metadata(produce_id: str) -> dict[str, str]:
    """The field as a PNG holds it: as XMP in the committee's namespace, and as a plain text chunk."""
    text = _dump(aigc_field(produce_id))
    xmp = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:TC260="{_NAMESPACE}">'
        f"<TC260:AIGC>{html.escape(text)}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )
    return {XMP: xmp, FIELD: text}


def read_aigc(metadata: Mapping[str, str]) -> dict[str, str] | None:
    """The inner object of a file's metadata, however it was stored: wrapped or bare, as text or as XMP; else None."""
    texts = [text for key, text in metadata.items() if key.upper() == FIELD]
    if match := re.search(r"<(\w+):AIGC>(.*?)</\1:AIGC>|\w+:AIGC=\"(.*?)\"", metadata.get(XMP, ""), re.DOTALL):
        texts.append(html.unescape(match[2] or match[3] or ""))
    for text in texts:
        try:
            found = json.loads(text)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get(FIELD), dict):
            found = found[FIELD]
        if isinstance(found, dict) and isinstance(found.get("Label"), str):
            return {key: str(found[key]) for key in _KEYS if key in found}
    return None


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
