"""Pictures made on the spot, and what happens to pictures that are passed around."""

from __future__ import annotations

import io
import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pocketvault.demo.landscapes import paint_landscape

Pixels = NDArray[np.uint8]


def landscape(seed: int = 4, size: tuple[int, int] = (1600, 1200)) -> Pixels:
    """Sky, ridges and water, with the grain of a photo: (H, W, 3)."""
    return np.array(paint_landscape(seed, size)[0].convert("RGB"))


def texture(seed: int = 1, height: int = 900, width: int = 1200) -> Pixels:
    """Coloured noise whose power falls with the square of the frequency, like a photo's."""
    rng = np.random.default_rng(seed)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    frequency = np.maximum(np.hypot(down, across), 1 / width)
    planes = [
        np.fft.irfft2(np.fft.rfft2(rng.standard_normal((height, width))) / frequency)
        for _ in range(3)
    ]
    mixed = [plane + 2 * planes[0] for plane in planes]
    return rounded(np.stack([128 + 45 * plane / plane.std() for plane in mixed], axis=-1))


def gradient(height: int = 960, width: int = 1280) -> Pixels:
    """A sky without a cloud: nothing for a mark to hide behind."""
    shade = np.linspace(90, 200, height)[:, None] + np.linspace(0, 30, width)[None]
    return rounded(np.stack([shade * share for share in (0.8, 0.9, 1.0)], axis=-1))


def rounded(values: NDArray[np.floating]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file).convert("RGB"))


def resized(pixels: Pixels, share: float) -> Pixels:
    height, width = (round(side * share) for side in pixels.shape[:2])
    return np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def cropped(pixels: Pixels, area: float) -> Pixels:
    """A part from off the middle, with this share of the area."""
    height, width = (int(side * math.sqrt(area)) for side in pixels.shape[:2])
    top, left = (pixels.shape[0] - height) // 3, (pixels.shape[1] - width) // 4
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def rotated(pixels: Pixels, degrees: float) -> Pixels:
    """Turned clockwise about the middle; what was outside is mirrored in."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return cv2.warpAffine(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def toned(pixels: Pixels) -> Pixels:
    """Brighter, with more contrast and less colour."""
    values = pixels.astype(np.float32)
    grey = values.mean(axis=-1, keepdims=True)
    return rounded((grey + 0.5 * (values - grey) - 128) * 1.3 + 140)


def shown_on_a_phone(pixels: Pixels) -> Pixels:
    """A screenshot: the photo 1080 pixels wide between dark bars."""
    shown = resized(pixels, 1080 / pixels.shape[1])
    screen = np.full((2200, 1080, 3), 18, np.uint8)
    screen[500 : 500 + len(shown)] = shown
    return jpeg(screen, 90)


def psnr(one: Pixels, other: Pixels) -> float:
    """Peak signal to noise ratio in dB, over all pixels and channels."""
    error = np.mean(np.square(one.astype(float) - other.astype(float)))
    return 10 * math.log10(255**2 / error)
