"""Makes test/fixtures/resample.json: what Pillow and torchvision give for small images.

    pip install pillow torch torchvision
    python scripts/fixtures.py

The file names the versions that it was made with. Images are base64 of rows of interleaved bytes.
"""

import base64
import json
import pathlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

OUT = pathlib.Path(__file__).parent.parent / "test" / "fixtures" / "resample.json"
MODES = {1: "L", 3: "RGB", 4: "CMYK"}  # CMYK: four channels that Pillow does not weigh by an alpha
SOURCES = {"rgb": (23, 37, 3), "grey": (17, 16, 1), "four": (29, 21, 4), "tall": (48, 12, 3)}


def picture(height, width, channels, seed):
    """A gradient, sharp edges and noise, with black and white in it."""
    rng = np.random.default_rng(seed)
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    smooth = 127 + 120 * np.sin(x / (3 + c) + y / (5 + 2 * c))
    noisy = rng.integers(0, 256, (height, width, channels))
    edges = 255 * ((x // 4 + y // 3) % 2)
    pick = rng.integers(0, 3, (height, width, 1))
    return np.choose(pick, [smooth, noisy, edges]).clip(0, 255).astype(np.uint8)


def as_pil(pixels):
    channels = pixels.shape[2]
    return Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, MODES[channels])


def as_tensor(pixels):
    return torch.from_numpy(pixels).permute(2, 0, 1)


def from_tensor(tensor):
    return tensor.permute(1, 2, 0).numpy()


def packed(pixels):
    pixels = np.asarray(pixels, dtype=np.uint8)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    data = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
    return {"height": height, "width": width, "channels": channels, "data": data}


def resized(name, pixels, box, size):
    """`box` is (left, top, width, height), `size` is (height, width)."""
    left, top, width, height = box
    part = pixels[top : top + height, left : left + width]
    # Columns first, then rows. Pillow 13 takes rows first where that is cheaper, which changes some bytes by 1.
    pillow = as_pil(part).resize((size[1], height), Image.Resampling.BILINEAR)
    pillow = pillow.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    at_once = as_pil(part).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    assert np.abs(np.asarray(pillow, dtype=int) - np.asarray(at_once, dtype=int)).max() <= 1
    tensor = F.resized_crop(as_tensor(pixels), top, left, height, width, list(size), antialias=True)
    return {
        "source": name,
        "box": {"left": left, "top": top, "width": width, "height": height},
        "pillow": packed(pillow),
        "torchvision": packed(from_tensor(tensor)),
    }


def lines(value):
    """JSON with one case a line: readable differences, small file."""
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join(json.dumps(item) for item in value) + "\n]"


def main():
    sources = {name: picture(*shape, seed) for seed, (name, shape) in enumerate(SOURCES.items())}
    sizes = [(7, 9), (1, 1), (31, 40), (23, 11)]
    resize = [
        resized(name, pixels, (0, 0, pixels.shape[1], pixels.shape[0]), size)
        for name, pixels in sources.items()
        for size in sizes
    ]
    boxes = [
        ("rgb", (5, 3, 20, 11)),
        ("rgb", (36, 22, 1, 1)),
        ("rgb", (0, 7, 37, 16)),
        ("grey", (3, 0, 9, 17)),
        ("four", (10, 20, 11, 9)),
    ]
    crops = [resized(name, sources[name], box, size) for name, box in boxes for size in [(8, 8), (16, 37)]]

    shorter = [
        {"height": h, "width": w, "size": n, "result": list(F.resize(torch.zeros(3, h, w), n).shape[1:])}
        for h, w in [(375, 500), (500, 375), (33, 100), (100, 33), (7, 7), (31, 97)]
        for n in [1, 7, 32, 224]
    ]
    center = [
        {"source": name, "size": size, "result": packed(from_tensor(F.center_crop(as_tensor(sources[name]), size)))}
        for name, size in [
            ("rgb", [10, 10]),
            ("rgb", [11, 12]),
            ("rgb", [30, 20]),
            ("rgb", [24, 40]),
            ("grey", [20, 21]),
            ("four", [5, 30]),
        ]
    ]
    border = []
    for mode in ["constant", "reflect", "edge"]:
        for name in ["rgb", "grey", "four"]:
            padded = F.pad(as_tensor(sources[name]), [5, 5, 5, 5], fill=9, padding_mode=mode)
            for top, left in [(1, 2), (padded.shape[1] - 20, padded.shape[2] - 16)]:
                result = packed(from_tensor(F.crop(padded, top, left, 19, 15)))
                border.append({"source": name, "mode": mode, "top": top - 5, "left": left - 5, "result": result})
    fallback = []
    for h, w, ratio in [
        (10, 100, (1, 1)),
        (100, 10, (1, 1)),
        (11, 40, (0.75, 4 / 3)),
        (41, 13, (0.75, 4 / 3)),
        (33, 7, (0.5, 0.6)),
        (9, 9, (2, 3)),
    ]:
        params = v2.RandomResizedCrop(8, scale=(1, 1), ratio=ratio).make_params([torch.zeros(3, h, w)])
        box = {key: params[key] for key in ("top", "left", "height", "width")}
        fallback.append({"height": h, "width": w, "ratio": list(ratio), "box": box})

    versions = {
        "pillow": PIL.__version__,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "numpy": np.__version__,
    }
    fixtures = {
        "versions": versions,
        "sources": {name: packed(pixels) for name, pixels in sources.items()},
        "resize": resize,
        "crops": crops,
        "shorter": shorter,
        "center": center,
        "border": border,
        "fallback": fallback,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("{\n" + ",\n".join(f'"{key}": {lines(value)}' for key, value in fixtures.items()) + "\n}\n")
    print(f"{OUT}: {OUT.stat().st_size} bytes, {versions}")


main()
