"""Writes the Parquet files that tests read: python scripts/parquet-fixtures.py (needs pyarrow and pillow).

Image i is 4 × 3 pixels of the one colour (i, 255 - i, 7), as PNG, so that a test can tell which one came.
"""
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

OUT = Path(__file__).parent.parent / "test" / "fixtures" / "parquet"
NAMES = ["cat", "dog", "emu"]
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def png(i):
    file = io.BytesIO()
    Image.new("RGB", (4, 3), (i, 255 - i, 7)).save(file, "PNG")
    return file.getvalue()


def images(numbers):
    return pa.array([{"bytes": png(i), "path": f"{i:03}.png"} for i in numbers], IMAGE)


def hugging_face(table):
    features = {
        "image": {"_type": "Image"},
        "label": {"names": NAMES, "_type": "ClassLabel"},
    }
    return table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def write(name, table, **options):
    pq.write_table(table, OUT / f"{name}.parquet", **options)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, numbers in (("hf-0", range(0, 23)), ("hf-1", range(23, 40))):
        labels = pa.array([i % 3 for i in numbers], pa.int64())
        write(name, hugging_face(pa.table({"image": images(numbers), "label": labels})), row_group_size=5)

    # A footer that is longer than what is read at first.
    long = pa.table({"image": images([7]), "label": pa.array([0], pa.int8())})
    write("long-footer", long.replace_schema_metadata({"note": "long " * 7_000}))

    # Pages of four rows, with an index of them; the images of a group are a dictionary in the second file.
    paged = pa.table({"image": images(range(60)), "label": pa.array([i % 7 for i in range(60)], pa.int32())})
    small = dict(row_group_size=30, data_page_size=1, write_batch_size=4, write_page_index=True)
    write("paged", paged, compression="zstd", use_dictionary=False, **small)
    repeated = pa.table({"image": images([i % 5 for i in range(60)]), "label": paged["label"]})
    write("paged-dictionary", repeated, compression="snappy", **small)

    # Names of classes, bytes without a structure, an image that is missing, pages of version 2, other packings.
    numbers = range(12)
    plain = pa.table({
        "img": pa.array([None if i == 5 else png(i) for i in numbers], pa.binary()),
        "kind": pa.array([NAMES[i % 3] for i in numbers]),
        "many": pa.array([[i % 2, 1.0, i / 4] for i in numbers], pa.list_(pa.float32())),
        "x": pa.array([i / 2 for i in numbers], pa.float64()),
        "y": pa.array([-i for i in numbers], pa.int16()),
        "seg": images(numbers),
    })
    for packing in ("none", "snappy", "gzip", "brotli", "zstd", "lz4"):
        write(f"plain-{packing}", plain, compression=packing, data_page_version="2.0", row_group_size=7)
    delta = {"img": "DELTA_LENGTH_BYTE_ARRAY", "kind": "DELTA_LENGTH_BYTE_ARRAY", "y": "DELTA_BINARY_PACKED"}
    write("delta", plain.select(["img", "kind", "y"]), use_dictionary=False, column_encoding=delta)
    prefixes = {"kind": "DELTA_BYTE_ARRAY"}
    write("delta-prefixes", plain.select(["img", "kind"]), use_dictionary=False, column_encoding=prefixes)


main()
