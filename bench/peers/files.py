from pathlib import Path


def jpeg_files(folder):
    """The JPEG files of a folder and its subfolders, in order."""
    return sorted(str(path) for path in Path(folder).rglob('*') if path.suffix.lower() in ('.jpg', '.jpeg'))
