"""Unpacks libtensorflow, its C headers and its licences from a TensorFlow wheel: unpack.py WHEEL FOLDER"""

import pathlib
import re
import shutil
import sys
import zipfile

WANTED = {
    r"tensorflow/(libtensorflow_(?:cc|framework)\.so\.2)": "lib",
    r"tensorflow/include/((?:tensorflow/)?(?:c|tsl/c|tsl/platform|core/platform)/.*\.h)": "include",
    r"tensorflow/(THIRD_PARTY_NOTICES\.txt)": ".",
    r"[^/]+\.dist-info/(LICENSE)": ".",
}

wheel, folder = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
for name in wheel.namelist():
    for pattern, place in WANTED.items():
        match = re.fullmatch(pattern, name)
        if match is None:
            continue
        target = folder / place / match[1]
        target.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, target.open("wb") as made:
            shutil.copyfileobj(source, made, 1 << 20)
