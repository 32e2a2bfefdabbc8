/** Runs the drawn steps on pixels, in memory that kernels in WebAssembly reach without a copy. */
import { Region } from '../kernels/memory.js'
import type { Image, Shape } from '../kernels/step.js'
import type { Partners } from './moveTargets.js'
import type { SampleProgram } from './program.js'
import type { Times } from './times.js'

/** Two scratch images. */
export class Scratch {
  readonly #regions = [new Region(), new Region()] as const
  #last: Uint8Array | undefined
  #other = 0

  /** A view of exactly `bytes` on the scratch image that is not `busy`. */
  take(bytes: number, busy: Uint8Array): Uint8Array {
    const i = busy === this.#last ? this.#other : 0
    this.#last = this.#regions[i]!.take(bytes)
    this.#other = 1 - i
    return this.#last
  }
}

/** Memory for the images and masks of one sample besides its own pixels; used again for the next sample. */
export class ImagePool {
  readonly #regions: Region[] = []
  #taken = 0

  /** What was taken before may be written to again. */
  reset(): void {
    this.#taken = 0
  }

  take(bytes: number): Uint8Array {
    const i = this.#taken++
    this.#regions[i] ??= new Region()
    return this.#regions[i].take(bytes)
  }
}

/**
 * Applies the steps from `applied` on, which `drawSteps` drew. The result lies in the scratch images, or is the input.
 *
 * @param owned whether the input may be written to
 * @param partners images that steps need besides this one
 * @param times told what each step took
 * @param onStep told the pixels before each step; for the cache
 */
export function runSteps(
  program: SampleProgram,
  input: Image,
  applied: number,
  scratch: Scratch,
  owned: boolean,
  partners: Partners,
  times: Times,
  onStep?: (index: number, image: Image) => void
): Image {
  const { steps } = program
  let image = input
  for (let i = applied; i < steps.length; i++) {
    onStep?.(i, image)
    const { step, drawn, shape } = steps[i]!
    if (drawn === undefined) continue
    const stays = step.inPlace === true && owned
    const out = stays ? image : imageOf(shape, scratch.take(size(shape), image.data))
    step.apply(image, drawn, out, partners[i]?.map(partner => partner.image) ?? NO_IMAGES)
    image = out
    owned = true
    times.lap(step.name)
  }
  return image
}

const NO_IMAGES: readonly Image[] = Object.freeze([])

/** Bytes of an image of this shape. */
export function size([height, width, channels]: Shape): number {
  return height * width * channels
}

export function imageOf([height, width, channels]: Shape, data: Uint8Array): Image {
  return { data, width, height, channels }
}
