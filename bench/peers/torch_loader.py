"""PyTorch's DataLoader with torchvision in its fastest form: tensors of bytes from the decoder to the batch.

Workers run PyTorch on one thread each, which is how DataLoader starts them.
"""

import torch
from torch.utils.data import Dataset, default_collate
from torchvision.io import ImageReadMode, decode_image, read_file
from torchvision.transforms import v2

from data_loader import measure_loader
from files import jpeg_files
from measure import run

MEAN = [0.4914, 0.4822, 0.4465]
STD = [0.2471, 0.2435, 0.2616]


def files(options):
    """JPEG files, as uint8 batches."""
    return measure_loader(Photos(jpeg_files(options['dir'])), options, batch_size=64)


def cifar(options):
    """Random bytes of the shape of CIFAR-10, as float32 batches."""
    return measure_loader(Cifar(), options, batch_size=128, collate_fn=collate_cifar)


class Photos(Dataset):
    transform = v2.Compose([v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip()])

    def __init__(self, paths):
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, i):
        return self.transform(decode_image(read_file(self.paths[i]), ImageReadMode.RGB)), 0


class Cifar(Dataset):
    cutout = v2.RandomErasing(p=1, scale=(0.25, 0.25), ratio=(1, 1))
    transform = v2.Compose([v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(), cutout])

    def __init__(self):
        self.images = torch.randint(256, (50_000, 3, 32, 32), dtype=torch.uint8)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.transform(self.images[i]), i % 10


cut_mix = v2.CutMix(num_classes=10)
normalize = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])


def collate_cifar(samples):
    """Normalises whole batches, which is faster than image by image."""
    images, labels = cut_mix(*default_collate(samples))
    return normalize(images), labels


if __name__ == '__main__':
    run({'files': files, 'cifar': cifar})
