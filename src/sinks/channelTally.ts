/** Adds up what the workers reduced images to. */
import type { Batch, Fault, Normalization } from '../batch.js'
import { ShapeError, SourceError } from '../errors.js'
import { readSums } from '../kernels/channelStats.js'

/** The sums of all images so far. They may pass 2^53, so they are BigInts. */
export class ChannelTally {
  /** Images that were counted. */
  images = 0
  readonly faults: Fault[] = []
  #pixels = 0n
  #sums: bigint[] = []
  #squares: bigint[] = []
  #first: string | undefined

  add({ images, keys, faults }: Pick<Batch, 'images' | 'keys' | 'faults'>): void {
    this.faults.push(...faults)
    for (const [row, key] of keys.entries()) {
      const { channels, width, height, sums, squares } = readSums(images as Uint8Array, row)
      if (this.#first === undefined) {
        this.#first = key
        this.#sums = new Array<bigint>(channels).fill(0n)
        this.#squares = new Array<bigint>(channels).fill(0n)
      }
      this.#checkChannels(key, channels)
      this.images++
      this.#pixels += BigInt(width * height)
      for (let c = 0; c < channels; c++) {
        this.#sums[c]! += BigInt(sums[c]!)
        this.#squares[c]! += BigInt(squares[c]!)
      }
    }
  }

  /** Mean and deviation in [0, 1], and the pixels they are of. Rounds once: the variance's numerator, n Σx² − (Σx)², is a whole number as well. */
  moments(): Normalization & { readonly count: number } {
    if (this.images === 0) throw new SourceError('channelStats: not one image came, so there is no mean.')
    const n = this.#pixels
    const count = Number(n)
    const mean = this.#sums.map(sum => Number(sum) / (255 * count))
    const std = this.#sums.map((sum, c) => Math.sqrt(Number(n * this.#squares[c]! - sum * sum)) / (255 * count))
    return { mean, std, count }
  }

  #checkChannels(key: string, channels: number): void {
    if (channels === this.#sums.length) return
    throw new ShapeError(
      `channelStats: sample ${JSON.stringify(this.#first)} has ${this.#sums.length} channels, but ${JSON.stringify(key)} ` +
        `has ${channels}. Give it images that have the same channels.`
    )
  }
}
