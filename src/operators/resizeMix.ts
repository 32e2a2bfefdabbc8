import { checkOneOf, checkOptions, checkProbability, checkRange } from '../check.js'
import { type BatchOperator, batchStep } from './steps.js'

/** Options of {@link resizeMix}. */
export interface ResizeMixOptions {
  /**
   * Least and greatest side of the pasted image, as shares of the image's sides; the share is uniform in between.
   * @defaultValue [0.1, 0.8]
   */
  readonly scale?: readonly [low: number, high: number] | undefined
  /**
   * Who is pasted on whom: a random permutation of the batch, in which a sample may meet itself; the batch in reverse;
   * or each sample's predecessor.
   * @defaultValue 'permutation'
   */
  readonly partner?: 'permutation' | 'reverse' | 'roll' | undefined
  /**
   * Probability that a batch is mixed.
   * @defaultValue 1
   */
  readonly p?: number | undefined
}

/**
 * Pastes another image of the batch, made smaller as a whole, at a random place of each image.
 *
 * Batch → batch. Labels become weights: the exact share of pixels from each image. One size and one place serve the whole
 * batch; the pasted image keeps its aspect up to a pixel and is inside as a whole. It is scaled bilinear and antialiased.
 *
 * Masks are scaled by the nearest pixel, so that no class id is blended. An image's own bounding boxes stay where a
 * quarter of them or more is still seen, cut down where what is seen is a rectangle; keypoints that are covered have
 * `visible: false`. Boxes and keypoints of the pasted image are scaled with it.
 *
 * Qin et al. 2020, https://arxiv.org/abs/2012.11101
 *
 * @throws {@link InvalidOptionError} where an option cannot be used
 *
 * @example
 * ```ts
 * import { batch, forEachBatch, imageFolder, normalize, randomResizedCrop, resizeMix } from 'millrace'
 *
 * const train = imageFolder('photos/train', { shuffle: true }).pipe(randomResizedCrop(224), batch(64), resizeMix(), normalize())
 * await forEachBatch(train, ({ labels, labelShape }) => console.log(labels.subarray(0, labelShape[1])))
 * ```
 */
export function resizeMix(options: ResizeMixOptions = {}): BatchOperator {
  checkOptions('resizeMix', options, ['scale', 'partner', 'p'])
  const { scale = [0.1, 0.8], partner = 'permutation', p = 1 } = options
  checkRange('resizeMix', 'scale', scale, { min: 0, max: 1 })
  checkOneOf('resizeMix', 'partner', partner, ['permutation', 'reverse', 'roll'])
  checkProbability('resizeMix', 'p', p)
  return batchStep({ name: 'resizeMix', options: { scale: [scale[0], scale[1]], partner, p } })
}
