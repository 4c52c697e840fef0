"""Dark pixels of a picture, the table lines among them, and its deskewing.

Pictures are arrays of RGB pixels, shape (height, width, 3); masks have one channel.
"""

from __future__ import annotations

from typing import Any

_MOST_SKEW = 5.0  # degrees


def binarize(picture: Any) -> Any:
    """Return a mask with 255 where the picture is dark; red seals are left out by its red channel."""
    import cv2

    return cv2.adaptiveThreshold(
        picture[:, :, 0], 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 15
    )


def detect_rules(ink: Any, wide: int, high: int) -> Any:
    """Return the part of a mask that belongs to straight strokes of at least that size in pixels."""
    import cv2

    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (wide, high))
    return cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)


def dilate(lines: Any) -> Any:
    """Return where lines are, with the blur around them."""
    import cv2

    return cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5))) > 0


def connected_boxes(ink: Any) -> list[tuple[int, int, int, int]]:
    """Return x, y, width and height of each connected piece of a mask."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]


def deskew(picture: Any) -> tuple[Any, float]:
    """Return the picture rotated so that its long horizontal lines are horizontal, and by how much.

    These are degrees counter-clockwise around its centre.
    """
    import cv2
    import numpy

    height, width = picture.shape[:2]
    found = cv2.HoughLinesP(
        binarize(picture), 1, numpy.pi / 1800, 400, minLineLength=width // 4, maxLineGap=20
    )
    if found is None:
        return picture, 0.0
    ends = found.reshape(-1, 4).astype(float)
    angles = numpy.degrees(numpy.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0]))
    level = angles[abs(angles) <= _MOST_SKEW]
    if not len(level) or abs(skew := float(numpy.median(level))) < 0.05:
        return picture, 0.0
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    level_picture = cv2.warpAffine(picture, turn, (width, height), borderValue=(255, 255, 255))
    return level_picture, skew
