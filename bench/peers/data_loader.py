"""What is the same for every data set that PyTorch's DataLoader reads."""

import torch
from torch.utils.data import DataLoader, Sampler

from measure import Meter


def measure_loader(dataset, options, **loader_options):
    """Workers are persistent, so that their times can be read at the end."""
    loader = DataLoader(
        dataset,
        sampler=Epochs(len(dataset), options['images']),
        num_workers=options['workers'],
        persistent_workers=True,
        **loader_options,
    )
    meter = Meter(options['warmUp'])
    for images, _ in loader:
        meter.batch(len(images))
    return meter.result()


class Epochs(Sampler):
    """Shuffled epochs up to a number of images. As they are one to the loader, it does not pause between them."""

    def __init__(self, size, images):
        self.size = size
        self.images = images

    def __len__(self):
        return self.images

    def __iter__(self):
        for start in range(0, self.images, self.size):
            yield from torch.randperm(self.size)[: self.images - start].tolist()
