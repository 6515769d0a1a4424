"""What public photos meet: (H, W, 3) sRGB bytes in and out, the same for the same seed."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Attack = Callable[[Pixels, Generator], Pixels]


def saved(pixels: Pixels, quality: int, kind: str = "JPEG") -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=quality)
    return np.array(Image.open(file).convert("RGB"))


def resized(pixels: Pixels, across: float, down: float | None = None) -> Pixels:
    """Scaled by these shares of the sides."""
    height, width = pixels.shape[:2]
    size = round(width * across), round(height * (across if down is None else down))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def cropped(pixels: Pixels, area: float, random: Generator) -> Pixels:
    """A part from anywhere with this share of the area."""
    height, width = (int(side * math.sqrt(area)) for side in pixels.shape[:2])
    top = random.integers(0, pixels.shape[0] - height + 1)
    left = random.integers(0, pixels.shape[1] - width + 1)
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def rotated(pixels: Pixels, degrees: float) -> Pixels:
    """Turned, and cropped to what has no corner missing, as phones do."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    turned = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC)
    c, s = math.cos(math.radians(abs(degrees))), math.sin(math.radians(abs(degrees)))
    share = 1 / max((width * c + height * s) / width, (width * s + height * c) / height)
    down, across = int(height * share), int(width * share)
    top, left = (height - down) // 2, (width - across) // 2
    return np.ascontiguousarray(turned[top : top + down, left : left + across])


def rounded(values: NDArray[np.floating]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def brightened(pixels: Pixels, factor: float) -> Pixels:
    return rounded(pixels.astype(np.float32) * factor)


def contrasted(pixels: Pixels, factor: float) -> Pixels:
    values = pixels.astype(np.float32)
    return rounded((values - values.mean()) * factor + values.mean())


def coloured(pixels: Pixels, factor: float) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    return rounded(grey + (pixels - grey) * factor)


def noisy(pixels: Pixels, deviation: float, random: Generator) -> Pixels:
    return rounded(pixels + random.standard_normal(pixels.shape, np.float32) * deviation)


def blurred(pixels: Pixels, deviation: float) -> Pixels:
    return cv2.GaussianBlur(pixels, (0, 0), deviation)


def narrowed(pixels: Pixels, width: int) -> Pixels:
    return resized(pixels, min(1, width / pixels.shape[1]))


def feed(pixels: Pixels) -> Pixels:
    """As a feed of square pictures shows it: 1080 pixels wide, JPEG 75."""
    return saved(narrowed(pixels, 1080), 75)


def message(pixels: Pixels) -> Pixels:
    """As a messenger sends it: long side 1600, JPEG 60."""
    return saved(resized(pixels, min(1, 1600 / max(pixels.shape))), 60)


def screenshot(pixels: Pixels) -> Pixels:
    """On a phone of 1080 x 2200 between bars, JPEG 90."""
    shown = resized(pixels, min(1080 / pixels.shape[1], 1700 / pixels.shape[0]))
    screen = np.full((2200, 1080, 3), 18, np.uint8)
    top, left = (2200 - shown.shape[0]) // 2, (1080 - shown.shape[1]) // 2
    screen[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    bars = [(0.04, 0.03, "12:41   LTE 76%"), (0.04, 0.94, "1,204 like this")]
    return saved(written(screen, bars), 90)


def written(pixels: Pixels, texts: list[tuple[float, float, str]]) -> Pixels:
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=max(12, pixels.shape[0] // 25))
    for across, down, text in texts:
        place = pixels.shape[1] * across, pixels.shape[0] * down
        draw.text(place, text, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.array(picture)


def stuck_over(pixels: Pixels, area: float, random: Generator) -> Pixels:
    """A disc of one colour over a share of the area."""
    out = pixels.copy()
    height, width = pixels.shape[:2]
    radius = math.sqrt(area * height * width / math.pi)
    across, down = random.uniform(radius, width - radius), random.uniform(radius, height - radius)
    return np.asarray(cv2.circle(out, (int(across), int(down)), int(radius), (200, 90, 40), -1))


def seen_from_the_side(pixels: Pixels, share: float, random: Generator) -> Pixels:
    """Each corner moved inwards by up to a share of the sides."""
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * [width, height]
    moved = corners + inwards * random.uniform(0, share, (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC)


def pasted_in(pixels: Pixels, random: Generator) -> Pixels:
    """At 60 % of its size, somewhere on a cloudy ground."""
    height, width = pixels.shape[:2]
    ground = blurred(rounded(random.normal(128, 60, pixels.shape)), 3)
    small = resized(pixels, 0.6)
    top = random.integers(0, height - small.shape[0])
    left = random.integers(0, width - small.shape[1])
    ground[top : top + small.shape[0], left : left + small.shape[1]] = small
    return ground


SHARED: dict[str, Attack] = {
    "nothing": lambda p, _: p,
    "JPEG 90": lambda p, _: saved(p, 90),
    "JPEG 75": lambda p, _: saved(p, 75),
    "JPEG 50": lambda p, _: saved(p, 50),
    "JPEG 30": lambda p, _: saved(p, 30),
    "WebP 60": lambda p, _: saved(p, 60, "WEBP"),
    "resize 75 %": lambda p, _: resized(p, 0.75),
    "resize 50 %": lambda p, _: resized(p, 0.5),
    "resize 33 %": lambda p, _: resized(p, 0.33),
    "resize 50 % and back": lambda p, _: resized(resized(p, 0.5), 2),
    "crop 90 %": lambda p, r: cropped(p, 0.9, r),
    "crop 70 %": lambda p, r: cropped(p, 0.7, r),
    "crop 50 %": lambda p, r: cropped(p, 0.5, r),
    "crop 25 %": lambda p, r: cropped(p, 0.25, r),
    "rotate 1": lambda p, _: rotated(p, 1),
    "rotate 2": lambda p, _: rotated(p, 2),
    "rotate 5": lambda p, _: rotated(p, 5),
    "quarter turn": lambda p, _: np.rot90(p).copy(),
    "mirror": lambda p, _: p[:, ::-1].copy(),
    "brighter 1.3": lambda p, _: brightened(p, 1.3),
    "darker 0.7": lambda p, _: brightened(p, 0.7),
    "contrast 1.5": lambda p, _: contrasted(p, 1.5),
    "colour 0.3": lambda p, _: coloured(p, 0.3),
    "grey": lambda p, _: coloured(p, 0),
    "noise 5": lambda p, r: noisy(p, 5, r),
    "noise 10": lambda p, r: noisy(p, 10, r),
    "blur 1": lambda p, _: blurred(p, 1),
    "blur 2": lambda p, _: blurred(p, 2),
    "median 3": lambda p, _: cv2.medianBlur(p, 3),
    "sharpen": lambda p, _: rounded(p * 2.0 - blurred(p, 1.5)),
    "screenshot": lambda p, _: screenshot(p),
    "feed": lambda p, _: feed(p),
    "message": lambda p, _: message(p),
    "text": lambda p, _: written(p, [(0.06, 0.06, "BREAKING: you won't"), (0.3, 0.85, "@account")]),
    "sticker 10 %": lambda p, r: stuck_over(p, 0.1, r),
    "crop 70 %, feed": lambda p, r: feed(cropped(p, 0.7, r)),
    "mirror, feed": lambda p, _: feed(p[:, ::-1].copy()),
}
HARD: dict[str, Attack] = {
    "crop 10 %": lambda p, r: cropped(p, 0.1, r),
    "paste in": pasted_in,
    "perspective 3 %": lambda p, r: seen_from_the_side(p, 0.03, r),
    "perspective 6 %": lambda p, r: seen_from_the_side(p, 0.06, r),
    "negative": lambda p, _: 255 - p,
    "rotate 15": lambda p, _: rotated(p, 15),
    "rotate 33": lambda p, _: rotated(p, 33),
    "stretch 8 %": lambda p, _: resized(p, 1.08, 1),
    "JPEG 20": lambda p, _: saved(p, 20),
    "resize 25 %": lambda p, _: resized(p, 0.25),
    "crop 40 %, rotate 7, feed": lambda p, r: feed(rotated(cropped(p, 0.4, r), 7)),
    "crop 50 %, message": lambda p, r: message(cropped(p, 0.5, r)),
}
