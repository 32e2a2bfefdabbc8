"""Albumentations and OpenCV in PyTorch's DataLoader."""

import albumentations as A
import cv2
from torch.utils.data import Dataset

from data_loader import measure_loader
from files import jpeg_files
from measure import run


def files(options):
    """JPEG files, as uint8 batches; scaled without antialiasing, which is the default."""
    cv2.setNumThreads(1)
    return measure_loader(Photos(jpeg_files(options['dir'])), options, batch_size=64)


class Photos(Dataset):
    transform = A.Compose([A.RandomResizedCrop((224, 224)), A.HorizontalFlip()])

    def __init__(self, paths):
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        return self.transform(image=cv2.imread(self.paths[i], cv2.IMREAD_COLOR_RGB))['image'], 0


if __name__ == '__main__':
    run({'files': files})
