"""Elastic distortion of images in memory, as uint8 batches of 64, without a loader around it."""

import numpy as np

from measure import Meter, run

BATCH = 64


def albumentations(options):
    import albumentations as A
    import cv2

    cv2.setNumThreads(options['workers'])
    images = random_images(options['size'])
    transform = A.ElasticTransform(
        options['alpha'], options['sigma'], approximate=False, noise_distribution='uniform', p=1
    )
    return measure_batches(lambda: np.stack([transform(image=image)['image'] for image in images]), options)


def torchvision(options):
    import torch
    from torchvision.transforms import v2

    torch.set_num_threads(options['workers'])
    images = torch.from_numpy(random_images(options['size'])).permute(0, 3, 1, 2).contiguous()
    # Millrace's alpha is in pixels, and torchvision halves it.
    transform = v2.ElasticTransform(2.0 * options['alpha'], float(options['sigma']))
    return measure_batches(lambda: torch.stack([transform(image) for image in images]), options)


def random_images(size):
    return np.random.default_rng(1).integers(256, size=(BATCH, size, size, 3), dtype=np.uint8)


def measure_batches(make, options):
    meter = Meter(options['warmUp'])
    for _ in range(0, options['images'], BATCH):
        meter.batch(len(make()))
    return meter.result()


if __name__ == '__main__':
    run({'albumentations': albumentations, 'torchvision': torchvision})
