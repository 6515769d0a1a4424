"""How much may be added to each part of a picture before somebody sees it.

Two effects of human sight are used. *Masking*: next to texture small changes drown. *Light*:
the same step in sRGB is seen best in the middle greys. What neither hides is grain in a smooth
sky, so the strength of a photo has two ceilings: a PSNR that no photo falls below, and an
amplitude that no smooth part exceeds. A photo that is all sky is thus marked more faintly.
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
# Root mean square of the mark where there is nothing to hide behind, in steps of sRGB (0-255).
SMOOTH_AT_MOST = 0.45
# Only what is about as coarse as the waves of the mark hides them: local contrast (steps, root mean
# square) is measured between these scales, in canonical pixels.
_FINE, _COARSE = 3.2, 6.4
# Beyond this contrast nothing more is added: it would show as dirt around edges.
_CONTRAST_AT_MOST = 24.0
# Contrast counts only if it is all around: the least within this many pixels. So the sky
# beside a roof is treated as sky.
_SURROUNDINGS = 15
# How much more is hidden at each brightness (sRGB step: factor), measured against mid-grey.
_LIGHT = ((0, 1.3), (15, 1.3), (40, 1.05), (90, 0.95), (130, 1.0), (220, 1.1), (255, 1.5))


def tolerance(luma: Plane) -> Plane:
    """What each pixel may take, relative to smooth mid-grey: (H, W), at least about 1.

    ``luma`` is (H, W) at canonical size, in sRGB steps 0-255.
    """
    detail = cv2.GaussianBlur(luma, (0, 0), _FINE) - cv2.GaussianBlur(luma, (0, 0), _COARSE)
    contrast = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), _COARSE))
    contrast = cv2.erode(contrast, np.ones((_SURROUNDINGS, _SURROUNDINGS), np.uint8))
    contrast = cv2.GaussianBlur(contrast, (0, 0), _FINE)
    steps, factors = zip(*_LIGHT, strict=True)
    light = np.interp(cv2.GaussianBlur(luma, (0, 0), _FINE), steps, factors)
    # Masking grows as the square root of what masks.
    hidden = np.sqrt(1 + np.minimum(contrast, _CONTRAST_AT_MOST))
    return plane(light * hidden)


def strength(masked: Plane) -> float:
    """By how much to multiply a unit tile that was shaped by `tolerance`, in sRGB steps.

    The lower of the two ceilings; ``masked`` is (H, W).
    """
    power = float(np.mean(np.square(masked, dtype=np.float64)))
    allowed = 255.0**2 / 10 ** ((PSNR_AT_LEAST + _PSNR_MARGIN) / 10) - _ROUNDING
    return min(SMOOTH_AT_MOST, math.sqrt(allowed / max(power, 1e-12)))
