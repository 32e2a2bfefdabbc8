"""MixUp of batches of 64 × 3 × 224 × 224 with labels of 1,000 classes, without a loader around it.

Batches are put together and normalised from bytes in memory; with the option `floats` they are float32 already.
"""

import numpy as np

from measure import Meter, run

BATCH = 64
CLASSES = 1000
SHAPE = (BATCH, 3, 224, 224)
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def torchvision(options):
    import torch
    from torchvision.transforms import v2

    torch.set_num_threads(options['workers'])
    normalize = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
    mix_up = v2.MixUp(alpha=1.0, num_classes=CLASSES)
    images = torch.randint(256, SHAPE, dtype=torch.uint8)
    labels = torch.arange(BATCH)
    if options['floats']:
        images = normalize(images)
        return measure_batches(lambda: mix_up(images, labels), options)

    def make():
        order = torch.randperm(BATCH)
        return mix_up(normalize(images[order]), labels[order])

    return measure_batches(make, options)


def numpy(options):
    """In memory that is used again for every batch."""
    rng = np.random.default_rng(1)
    images = rng.integers(256, size=SHAPE, dtype=np.uint8)
    labels = np.eye(CLASSES, dtype=np.float32)[:BATCH]
    scale, offset = (np.reshape(values, (3, 1, 1)).astype(np.float32) for values in scaling())
    floats, mixed, partners = (np.empty(SHAPE, np.float32) for _ in range(3))

    def normalize(images):
        np.multiply(images, scale, out=floats)
        np.subtract(floats, offset, out=floats)

    def mix_up(labels):
        weight = np.float32(rng.beta(1, 1))
        order = rng.permutation(BATCH)
        np.take(floats, order, axis=0, out=partners, mode='clip')
        np.multiply(partners, 1 - weight, out=partners)
        np.multiply(floats, weight, out=mixed)
        np.add(mixed, partners, out=mixed)
        return mixed, labels * weight + labels[order] * (1 - weight)

    def make():
        order = rng.permutation(BATCH)
        normalize(images[order])
        return mix_up(labels[order])

    normalize(images)
    return measure_batches((lambda: mix_up(labels)) if options['floats'] else make, options)


def scaling():
    """A factor for bytes, and what is taken off afterwards, which together normalise."""
    return 1 / (255 * np.array(STD)), np.array(MEAN) / np.array(STD)


def measure_batches(make, options):
    meter = Meter(options['warmUp'])
    for _ in range(0, options['images'], BATCH):
        make()
        meter.batch(BATCH)
    return meter.result()


if __name__ == '__main__':
    run({'torchvision': torchvision, 'numpy': numpy})
