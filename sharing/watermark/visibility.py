"""How much may be added to each part of a picture before somebody sees it.

Two effects of human sight are used. *Masking*: next to texture small changes drown. *Light*:
the same step in sRGB is seen best in the middle greys. Both were fitted to what ColorVideoVDP
sees of the mark, place by place; `benchmarks/visibility.py` asks it. The strength of a photo has
two ceilings: a PSNR that no photo falls below, and an amplitude where nothing hides the mark.
What is seen grows as the square of that amplitude, so it is nearly the same on every photo.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from sharing.watermark.arrays import Plane, plane

# The mean error over all pixels that a mark may make, as peak signal to noise ratio. Written
# pixels are rounded, which adds an error of 1/12 of a squared step on average, and that varies.
PSNR_AT_LEAST = 45.0
_ROUNDING = 1 / 12
_PSNR_MARGIN = 0.03
# Root mean square of the mark where there is nothing to hide behind, in steps of sRGB (0-255), on
# a photo as large as the largest rendition: then no photo that was measured fell below 9.90 JOD.
SMOOTH_AT_MOST = 0.447
# The smaller a photo, the finer the waves of its mark are on a screen, and the less they are seen.
# Below this geometric mean of its sides (pixels) a photo takes more, by this power of how much
# smaller it is, ...
_LARGE, _POWER = 1600, 0.8
# ... up to this bound, because small pictures are enlarged as well.
_SMOOTH_WHEN_SMALL = 1.0
# What hides a wave is contrast as coarse as itself, so contrast (steps, root mean square) is
# measured twice, between two scales in canonical pixels and with a power by which it hides: beside
# the finest waves of the mark, and beside the coarsest. A blurred leaf hides the latter alone.
_BANDS = ((0.8, 1.6, 0.4), (3.2, 6.4, 0.3))
# Beyond this contrast nothing more is added: it would show as dirt around edges.
_CONTRAST_AT_MOST = 24.0
# Contrast counts only if it is all around: the least within this many pixels. So the sky
# beside a roof is treated as sky.
_SURROUNDINGS = 9
# Pixels over which contrast and light change from one place to the next.
_SOFTLY = 3.2
# How much more is hidden at each brightness (sRGB step: factor), measured against mid-grey.
_LIGHT = ((0, 1.15), (15, 1.15), (40, 1.0), (90, 0.95), (130, 1.0), (220, 1.1), (255, 1.6))


def tolerance(luma: Plane) -> Plane:
    """What each pixel may take, relative to smooth mid-grey: (H, W), at least about 1.

    ``luma`` is (H, W) at canonical size, in sRGB steps 0-255.
    """
    steps, factors = zip(*_LIGHT, strict=True)
    hidden = np.interp(cv2.GaussianBlur(luma, (0, 0), _SOFTLY), steps, factors)
    for fine, coarse, power in _BANDS:
        hidden *= (1 + _contrast(luma, fine, coarse)) ** power
    return plane(hidden)


def _contrast(luma: Plane, fine: float, coarse: float) -> Plane:
    """Root mean square of what lies between two scales, as far as it is all around: (H, W)."""
    detail = cv2.GaussianBlur(luma, (0, 0), fine) - cv2.GaussianBlur(luma, (0, 0), coarse)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), coarse))
    least = cv2.erode(contrast, np.ones((_SURROUNDINGS, _SURROUNDINGS), np.uint8))
    return plane(np.minimum(cv2.GaussianBlur(least, (0, 0), _SOFTLY), _CONTRAST_AT_MOST))


def strength(masked: Plane) -> float:
    """By how much to multiply a unit tile that was shaped by `tolerance`, in sRGB steps.

    The lower of the two ceilings; ``masked`` is (H, W), as large as the photo.
    """
    power = float(np.mean(np.square(masked, dtype=np.float64)))
    allowed = 255.0**2 / 10 ** ((PSNR_AT_LEAST + _PSNR_MARGIN) / 10) - _ROUNDING
    smaller = max(1.0, _LARGE / math.sqrt(masked.size))
    smooth = min(_SMOOTH_WHEN_SMALL, SMOOTH_AT_MOST * math.pow(smaller, _POWER))
    return min(smooth, math.sqrt(allowed / max(power, 1e-12)))
