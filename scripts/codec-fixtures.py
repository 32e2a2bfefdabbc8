"""Makes test/fixtures/codecs: small images of every kind, and beside them what Pillow decodes.

    pip install pillow numpy imagecodecs
    apt-get install libjpeg-turbo-progs
    python scripts/codec-fixtures.py

expected.json names the versions that it was made with. Pixels are base64 of rows of RGB bytes, upright.
"""

import base64
import io
import json
import pathlib
import shutil
import struct
import subprocess
import zlib

import imagecodecs
import numpy as np
import PIL
from PIL import Image, ImageOps, features

OUT = pathlib.Path(__file__).parent.parent / "test" / "fixtures" / "codecs"
HEIGHT, WIDTH = 14, 19
ORIENTATION = 0x0112

expected = {}


def picture(channels=3, seed=1, height=HEIGHT, width=WIDTH):
    """Smooth waves with a few hard edges and some noise, black and white among them."""
    rng = np.random.default_rng(seed)
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = 128 + 127 * np.sin(x / (4 + c) + y / (6 - c)) + rng.integers(-6, 7, (height, width, channels))
    waves[2:5, 3:9] = 255
    waves[6:9, 8:15] = 0
    return waves.clip(0, 255).astype(np.uint8)


def keep(name, upright, lossy=False):
    """Notes the pixels of an image that Pillow opened, or those that it should have given."""
    pixels = np.asarray(upright)
    height, width, channels = pixels.shape
    assert channels == 3 and pixels.dtype == np.uint8
    expected[name] = {
        "width": width,
        "height": height,
        "lossy": lossy,
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }


def save(name, image, lossy=False, **options):
    path = OUT / name
    image.save(path, **options)
    with Image.open(path) as opened:
        keep(name, ImageOps.exif_transpose(opened).convert("RGB"), lossy)


def orientation(value):
    exif = Image.Exif()
    exif[ORIENTATION] = value
    return exif


def png16(name, samples, colour_type):
    """A PNG of 16 bits a sample, which Pillow does not write in colour."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour_type, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (OUT / name).write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def tiff16(name, samples):
    """An uncompressed TIFF of 16 bits a sample, which Pillow does not write in colour."""
    channels = samples.shape[2]
    pixels = samples.astype("<u2").tobytes()
    photometric = 2 if channels == 3 else 1
    tags = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, channels, 0), (259, 3, 1, 1), (262, 3, 1, photometric)]
    tags += [(273, 4, 1, 0), (277, 3, 1, channels), (278, 3, 1, HEIGHT), (279, 4, 1, len(pixels))]
    bits_at = 8 + 2 + 12 * len(tags) + 4
    pixels_at = bits_at + 2 * channels
    values = {258: bits_at if channels > 2 else 16, 273: pixels_at}
    directory = b"".join(struct.pack("<HHII", tag, kind, n, values.get(tag, value)) for tag, kind, n, value in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + struct.pack("<I", 0)
    (OUT / name).write_bytes(head + struct.pack("<H", 16) * channels + pixels)


def high_bytes(samples):
    """What 16 bits are as 8: the high byte, grey repeated."""
    return np.repeat(samples >> 8, 3 // samples.shape[2], axis=2).astype(np.uint8)


def png():
    rgb, grey = Image.fromarray(picture()), Image.fromarray(picture(1)[:, :, 0])
    alpha = Image.fromarray(picture(1, seed=2)[:, :, 0])
    palette = rgb.quantize(16, dither=Image.Dither.NONE)
    save("rgb.png", rgb)
    save("grey.png", grey)
    save("rgb-alpha.png", Image.merge("RGBA", [*rgb.split(), alpha]))
    save("grey-alpha.png", Image.merge("LA", [grey, alpha]))
    save("palette.png", palette)
    save("palette-transparent.png", palette, transparency=3)
    save("1-bit.png", grey.convert("1"))
    save("orientation-6.png", rgb, exif=orientation(6))


def sixteen_bits():
    rng = np.random.default_rng(3)
    rgb = picture().astype(np.uint16) << 8 | rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint16)
    grey = rgb[:, :, :1]
    for name, samples, colour_type in [("rgb-16.png", rgb, 2), ("grey-16.png", grey, 0)]:
        png16(name, samples, colour_type)
        keep(name, high_bytes(samples))
    for name, samples in [("rgb-16.tiff", rgb), ("grey-16.tiff", grey)]:
        tiff16(name, samples)
        keep(name, high_bytes(samples))
    # Pillow agrees in colour; of 16-bit grey it has no conversion to 8 bits that scales.
    assert np.array_equal(np.asarray(Image.open(OUT / "rgb-16.png").convert("RGB")), high_bytes(rgb))
    assert np.array_equal(np.asarray(Image.open(OUT / "grey-16.png")), grey[:, :, 0])
    assert np.array_equal(np.asarray(Image.open(OUT / "grey-16.tiff")), grey[:, :, 0])


def jpeg():
    rgb = Image.fromarray(picture())
    save("rgb.jpg", rgb, lossy=True, quality=90)
    save("subsampled-progressive.jpg", rgb, lossy=True, quality=75, subsampling=2, progressive=True)
    save("grey.jpg", rgb.convert("L"), lossy=True, quality=90)
    save("cmyk-adobe.jpg", Image.fromarray(picture(4), "CMYK"), lossy=True, quality=95)
    save("restarts.jpg", rgb, lossy=True, quality=90, subsampling=1, restart_marker_blocks=1)
    arithmetic(rgb)
    deep = picture().astype(np.uint16) << 4
    (OUT / "12-bit.jpg").write_bytes(imagecodecs.jpeg8_encode(deep, level=90, bitspersample=12))
    for value in range(1, 9):
        save(f"orientation-{value}.jpg", rgb, lossy=True, quality=90, exif=orientation(value))


def cjpeg(name, rgb, *options):
    """A JPEG of a kind that Pillow does not write."""
    with io.BytesIO() as ppm:
        rgb.save(ppm, "PPM")
        command = ["cjpeg", "-quality", "90", *options]
        jpeg = subprocess.run(command, input=ppm.getvalue(), stdout=subprocess.PIPE, check=True).stdout
    (OUT / name).write_bytes(jpeg)


def parts():
    """Images of several blocks each way, none of them whole at the border, of which parts are decoded."""
    rgb = Image.fromarray(picture(height=97, width=131))
    for sampling in ["1x1", "2x1", "2x2", "1x2", "4x1"]:
        cjpeg(f"part-{sampling}.jpg", rgb, "-sample", sampling)
    cjpeg("part-grey.jpg", rgb, "-grayscale")
    cjpeg("part-progressive.jpg", rgb, "-progressive")
    cjpeg("part-restarts.jpg", rgb, "-restart", "3B")


def arithmetic(rgb):
    """A JPEG with arithmetic coding."""
    cjpeg("arithmetic.jpg", rgb, "-arithmetic")
    with Image.open(OUT / "arithmetic.jpg") as opened:
        keep("arithmetic.jpg", opened.convert("RGB"), lossy=True)


def webp_and_avif():
    rgb = Image.fromarray(picture())
    alpha = Image.fromarray(picture(1, seed=2)[:, :, 0])
    rgba = Image.merge("RGBA", [*rgb.split(), alpha])
    second = Image.fromarray(picture(seed=5))
    save("lossless.webp", rgb, lossless=True)
    save("lossy.webp", rgb, lossy=True, quality=85)
    save("lossless-alpha.webp", rgba, lossless=True, exact=True)
    save("animated.webp", rgb, lossless=True, save_all=True, append_images=[second], duration=50)
    save("orientation-8.webp", rgb, lossless=True, exif=orientation(8))
    save("rgb.avif", rgb, lossy=True, quality=95, subsampling="4:4:4")
    save("rgb-alpha.avif", rgba, lossy=True, quality=95, subsampling="4:4:4")
    save("orientation-5.avif", rgb, lossy=True, quality=95, subsampling="4:4:4", exif=orientation(5))


def gif():
    rgb, second = Image.fromarray(picture()), Image.fromarray(picture(seed=5))
    palette = rgb.quantize(16, dither=Image.Dither.NONE)
    save("palette.gif", palette)
    save("animated.gif", palette, save_all=True, append_images=[second.quantize(16)], duration=50)


def tiff():
    rgb = Image.fromarray(picture())
    save("rgb.tiff", rgb)
    save("lzw.tiff", rgb, compression="tiff_lzw")
    save("1-bit.tiff", rgb.convert("1"), compression="group4")
    save("cmyk.tiff", Image.fromarray(picture(4), "CMYK"))
    save("two-pages.tiff", rgb, save_all=True, append_images=[Image.fromarray(picture(seed=5))])
    save("orientation-7.tiff", rgb, exif=orientation(7))
    floats = Image.fromarray(picture(1)[:, :, 0].astype(np.float32) / 255)
    floats.save(OUT / "float.tiff")  # has no range to scale from, and is to be refused


shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir(parents=True)
for make in [png, sixteen_bits, jpeg, parts, webp_and_avif, gif, tiff]:
    make()
libraries = {name: features.version(name) for name in ["libjpeg_turbo", "webp", "avif", "libtiff"]}
content = {"pillow": PIL.__version__, **libraries, "images": expected}
(OUT / "expected.json").write_text(json.dumps(content, indent=2) + "\n")
