"""Finding the wallpaper's lattice in a picture, without a key.

A pattern that repeats resembles itself when it is moved by one tile. So the autocorrelation of
the picture has peaks on a lattice, which shows how large a tile has become, and how it was
turned, stretched and sheared. Pictures have peaks of their own; the key decides later.

Everything here is in pixels of the picture that is read. A *basis* is (2, 2): its columns are
the two sides of a tile, as (x, y).
"""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sharing.watermark.arrays import Plane, Reals, Whole, plane, reals
from sharing.watermark.summits import summits, vertex
from sharing.watermark.tile import HIGHEST, LOWEST

Basis = NDArray[np.float64]

# Whitening looks at this many pixels around: about the longest period in a tile.
_WHITEN_SCALE = 6.0
# Variance (steps squared) below which a part counts as flat, so noise is not blown up.
_FLAT = 4.0
# Nothing counts for more than three standard deviations: edges would outvote the pattern.
_OUTLIER = 3.0
# Peaks of the spectrum are cut at 12 times their surroundings; the picture's own are higher.
_SPECTRUM_PEAK = 12.0
# Tile sides, in pixels, that are searched together, and how many square lattices are kept. A
# side decides which frequencies the mark has, so each octave is searched in its own, where less
# of the picture is in the way. Smaller than 40 pixels, a tile has lost too many of its waves;
# small ones are rare, and their many tiles take the longest to try.
TILE_AT_LEAST = 40
OCTAVES = ((TILE_AT_LEAST, 90, 6), (80, 180, 14), (160, 400, 14))
# A tile is seen at least 1.6 times.
_REPEATS_SHARE = 0.62
# No peak counts for more than this many standard deviations, so several are needed.
_PEAK = 5.0
# The clearest square lattices are kept a second time, fitted to their nodes: so they may be
# stretched. Others come from pairs of single peaks.
SQUARES_REFINED, PAIRS_KEPT = 3, 4
_SINGLES = 24
# A node is fitted only to a summit of this many standard deviations.
_CLEAR = 3.0
# Sides of a general lattice: at least 64 degrees apart, at most a third longer than the other.
_SINE_AT_LEAST, _RATIO_AT_MOST = 0.9, 1.34


def whiten(luma: Plane) -> Plane:
    """Brightness without the picture: (H, W) of about unit variance everywhere."""
    detail = luma - cv2.GaussianBlur(luma, (0, 0), _WHITEN_SCALE)
    variance = cv2.GaussianBlur(detail * detail, (0, 0), _WHITEN_SCALE)
    return plane(np.clip(detail / np.sqrt(variance + _FLAT), -_OUTLIER, _OUTLIER))


def candidates(white: Plane) -> list[Basis]:
    """Lattices the picture may have, the likeliest first; at most `CANDIDATES_AT_MOST`."""
    found: list[tuple[float, Basis]] = []
    longest = min(white.shape) * _REPEATS_SHARE
    spectrum = _lines(white)
    for octave in OCTAVES:
        if octave[0] < longest:
            peaks = _Peaks(_autocorrelation(spectrum, octave), octave, longest)
            found += [*peaks.squares(), *peaks.pairs()]
    found.sort(key=lambda scored: -scored[0])
    return [basis for _, basis in found]


CANDIDATES_AT_MOST = sum(kept + SQUARES_REFINED + PAIRS_KEPT for _, _, kept in OCTAVES)


def _lines(white: Plane) -> Plane:
    """The power spectrum, divided by its own smooth shape and cut: half of it, as `rfft2` has it.

    So the many small lines of the pattern count, and the few strong ones of the picture do not.
    """
    height, width = (2 * fft.next_fast_len(-(-side // 2)) for side in white.shape)
    window = np.outer(*(np.sqrt(np.hanning(side + 2)[1:-1]) for side in white.shape))
    spectrum = fft.rfft2(white * window.astype(np.float32), s=(height, width), workers=1)
    power = spectrum.real**2 + spectrum.imag**2
    smooth = np.exp(cv2.GaussianBlur(np.log(power + 1e-6), (0, 0), 7))
    lines = np.minimum(power / smooth, _SPECTRUM_PEAK)
    lines -= lines.mean()
    lines[:, :2] *= 0.3  # level horizons and upright walls
    lines[:2] *= 0.3
    lines[-2:] *= 0.3
    return plane(lines)


def _autocorrelation(lines: Plane, octave: tuple[int, int, int]) -> Plane:
    """How much the picture resembles itself after each move; no move is in the middle.

    Only in the frequencies (cycles per pixel) that tiles of these sides have.
    """
    height, width = lines.shape[0], 2 * (lines.shape[1] - 1)
    down, across = (plane(each**2) for each in (fft.fftfreq(height), fft.rfftfreq(width)))
    squared = down[:, None] + across
    lowest, highest = LOWEST / octave[1], HIGHEST / octave[0]
    # An eighth power is the fourth of a square.
    fading = 1 + np.square(np.square(squared / np.float32(highest**2)))
    band = np.where(squared > lowest**2, lines / fading, np.float32(0))
    moved = fft.fftshift(fft.irfft2(band, s=(height, width), workers=1))
    return plane(cv2.GaussianBlur(moved, (0, 0), 0.7))


class _Peaks:
    """The peaks of one autocorrelation, in standard deviations of what is between them."""

    def __init__(self, moved: Plane, octave: tuple[int, int, int], longest: float) -> None:
        self.middle = np.array([moved.shape[1] // 2, moved.shape[0] // 2])
        self.reach = int(self.middle.min()) - 2
        self.shortest, longest_here, self.kept = octave
        self.longest = int(min(self.reach, longest, longest_here))
        self.heights = moved / (np.median(np.abs(moved)) / 0.6745 + 1e-12)

    def at(self, moves: Whole) -> Reals:
        """Heights at moves (..., 2), cut at `_PEAK`; 0 for those out of reach."""
        within = np.asarray(np.abs(moves).max(axis=-1) <= self.reach)
        place = np.where(within[..., None], moves, 0) + self.middle
        return np.where(within, np.minimum(self.heights[place[..., 1], place[..., 0]], _PEAK), 0)

    def squares(self) -> list[tuple[float, Basis]]:
        """Square lattices, tried at every vector of a quarter plane."""
        span = np.arange(self.longest + 1)
        side = np.stack(np.meshgrid(span, span), axis=-1)
        other = np.stack([-side[..., 1], side[..., 0]], axis=-1)
        double = (2 * side < self.reach).all(axis=-1)
        score = sum(self.at(move) for move in (side, other, side - other, side + other))
        score += np.where(double, self.at(2 * side) + self.at(2 * other), 0)
        score /= np.sqrt(np.where(double, 6, 4))
        length = np.hypot(side[..., 0], side[..., 1])
        score[(length < self.shortest) | (length > self.longest) | (side[..., 0] == 0)] = -1
        found = []
        for x, y in summits(score, self.kept):
            u, v = x + _vertex_at(score[y], x), y + _vertex_at(score[:, x], y)
            found.append((float(score[y, x]), np.array([[u, -v], [v, u]])))
        return found + self._refined(found[:SQUARES_REFINED])

    def pairs(self) -> list[tuple[float, Basis]]:
        """Lattices that are not square, from pairs of single peaks."""
        window = self._window()
        span = np.arange(-self.longest, self.longest + 1)
        x, y = np.meshgrid(span, span)
        length = np.hypot(x, y)
        upper = (y > 0) | ((y == 0) & (x > 0))
        window[~upper | (length < self.shortest) | (length > self.longest)] = -1
        singles = np.array(summits(window, _SINGLES)).reshape(-1, 2) - self.longest
        scored = []
        for a, b in combinations(singles, 2):
            area = float(a[0] * b[1] - a[1] * b[0])
            long, short = np.hypot(*a), np.hypot(*b)
            alike = 1 / _RATIO_AT_MOST < long / short < _RATIO_AT_MOST
            if abs(area) > _SINE_AT_LEAST * long * short and alike:
                right = b if area > 0 else -b
                moves = np.stack([a, right, a + right, a - right])
                scored.append((float(self.at(moves).sum()) / 2, np.stack([a, right], axis=1)))
        scored.sort(key=lambda pair: -pair[0])
        return self._refined(scored[:PAIRS_KEPT])

    def _window(self) -> Plane:
        (x, y), far = self.middle, self.longest
        return plane(self.heights[y - far : y + far + 1, x - far : x + far + 1]).copy()

    def _refined(self, scored: list[tuple[float, Reals]]) -> list[tuple[float, Basis]]:
        """The same lattices fitted to their nodes, without those that collapse."""
        fitted = [(score, self._fitted(basis)) for score, basis in scored]
        return [(score, basis) for score, basis in fitted if basis is not None]

    def _fitted(self, basis: Reals) -> Basis | None:
        """The basis fitted to the summits near its nodes, in parts of a pixel."""
        found = basis.astype(np.float64)
        for far, search in ((1, 2), (2, 2), (3, 1)):
            nodes, places, weights = self._nodes(found, far, search)
            if len(nodes) >= 2 and np.linalg.matrix_rank(nodes) == 2:
                root = np.sqrt(weights)[:, None]
                found = reals(np.linalg.lstsq(nodes * root, places * root, rcond=None)[0].T)
        return found if np.linalg.det(found) > TILE_AT_LEAST**2 / 2 else None

    def _nodes(self, basis: Basis, far: int, search: int) -> tuple[Basis, Basis, Basis]:
        """Nodes up to ``far`` tiles away with a clear summit within ``search`` pixels.

        Whole numbers of tiles (N, 2), where the summit is in pixels (N, 2), its height (N,).
        """
        nodes, places, weights = [], [], []
        for i in range(-far, far + 1):
            for j in range(far + 1):
                if (j == 0 and i <= 0) or (summit := self._summit(basis @ [i, j], search)) is None:
                    continue
                nodes.append((i, j))
                places.append(summit[:2])
                weights.append(summit[2])
        return np.array(nodes, float).reshape(-1, 2), np.array(places), np.array(weights)

    def _summit(self, near: Basis, search: int) -> tuple[float, float, float] | None:
        """The highest point near a place: x, y and height; None if it is not clear."""
        x, y = np.rint(near).astype(int)
        if max(abs(x), abs(y)) > self.reach - search - 2:
            return None
        left, top = self.middle + np.array([x - search, y - search])
        patch = self.heights[top : top + 2 * search + 1, left : left + 2 * search + 1]
        down, across = np.unravel_index(patch.argmax(), patch.shape)
        height = float(patch[down, across])
        if height < _CLEAR:
            return None
        row, column = top + down, left + across
        dx = vertex(*self.heights[row, column - 1 : column + 2])
        dy = vertex(*self.heights[row - 1 : row + 2, column])
        return x - search + across + dx, y - search + down + dy, height


def _vertex_at(line: Reals, here: int) -> float:
    """The vertex around one place of a line; 0 at its ends."""
    return vertex(*line[here - 1 : here + 2]) if 0 < here < len(line) - 1 else 0.0
