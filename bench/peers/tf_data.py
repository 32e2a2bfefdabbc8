"""tf.data of TensorFlow: JPEG files, as uint8 batches."""

import tensorflow as tf

from files import jpeg_files
from measure import Meter, run

AREA = (0.08, 1)
RATIO = (3 / 4, 4 / 3)
SIZE = (224, 224)


def files(options):
    """Decodes whole images, and scales their crops with antialiasing."""
    return measure_dataset(crop_decoded, options)


def files_decode_and_crop(options):
    """Decodes the crops alone, and scales them without antialiasing."""
    return measure_dataset(decode_and_crop, options)


def measure_dataset(load, options):
    paths = jpeg_files(options['dir'])
    dataset = tf.data.Dataset.from_tensor_slices(paths).shuffle(len(paths)).repeat().take(options['images'])
    dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE, deterministic=False)
    dataset = dataset.batch(64).prefetch(tf.data.AUTOTUNE)
    settings = tf.data.Options()
    settings.threading.private_threadpool_size = options['workers']
    settings.threading.max_intra_op_parallelism = 1
    meter = Meter(options['warmUp'])
    for images in dataset.with_options(settings):
        meter.batch(len(images))
    return meter.result()


def crop_decoded(path):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    top, left, height, width = tf.unstack(random_crop(tf.shape(image)))
    crop = image[top : top + height, left : left + width]
    return flipped_bytes(tf.image.resize(crop, SIZE, antialias=True))


def decode_and_crop(path):
    contents = tf.io.read_file(path)
    crop = tf.io.decode_and_crop_jpeg(contents, random_crop(tf.io.extract_jpeg_shape(contents)), channels=3)
    return flipped_bytes(tf.image.resize(crop, SIZE))


def random_crop(shape):
    """Top, left, height and width of a part of the image, as RandomResizedCrop draws it."""
    begin, size, _ = tf.image.sample_distorted_bounding_box(
        shape,
        tf.zeros([1, 0, 4]),
        min_object_covered=0,
        area_range=AREA,
        aspect_ratio_range=RATIO,
        use_image_if_no_bounding_boxes=True,
    )
    return tf.concat([begin[:2], size[:2]], 0)


def flipped_bytes(image):
    return tf.image.random_flip_left_right(tf.cast(image + 0.5, tf.uint8))


if __name__ == '__main__':
    run({'files': files, 'filesDecodeAndCrop': files_decode_and_crop})
