/** Runs the drawn steps on pixels, with the last one writing straight to where the result belongs. */
import type { Image, Shape } from '../kernels/step.js'
import type { Partners } from './moveTargets.js'
import type { SampleProgram } from './program.js'

/** Two scratch images that grow to the largest size seen, so that nothing is allocated once that is reached. */
export class Scratch {
  readonly #buffers = [new Uint8Array(0), new Uint8Array(0)]
  readonly #views = [new Uint8Array(0), new Uint8Array(0)]

  /** A view of exactly `bytes` on the scratch image that is not `busy`. */
  take(bytes: number, busy: Uint8Array): Uint8Array {
    const i = this.#buffers[0]!.buffer === busy.buffer ? 1 : 0
    if (this.#views[i]!.length === bytes) return this.#views[i]!
    if (this.#buffers[i]!.length < bytes) this.#buffers[i] = new Uint8Array(Math.ceil(bytes * 1.25))
    this.#views[i] = this.#buffers[i]!.subarray(0, bytes)
    return this.#views[i]!
  }
}

/** Memory for the images and masks of one sample besides its own pixels; used again for the next sample. */
export class ImagePool {
  readonly #buffers: Uint8Array[] = []
  #taken = 0

  /** What was taken before may be written to again. */
  reset(): void {
    this.#taken = 0
  }

  take(bytes: number): Uint8Array {
    const i = this.#taken++
    if ((this.#buffers[i]?.length ?? 0) < bytes) this.#buffers[i] = new Uint8Array(bytes)
    const buffer = this.#buffers[i]!
    return buffer.length === bytes ? buffer : buffer.subarray(0, bytes)
  }
}

/**
 * Applies the steps from `applied` on, which `drawSteps` drew, and leaves the result in `target`.
 *
 * @param owned whether the input may be written to
 * @param partners images that steps need besides this one
 * @param onStep told the pixels before each step; for the cache
 */
export function runSteps(
  program: SampleProgram,
  input: Image,
  applied: number,
  target: Uint8Array,
  scratch: Scratch,
  owned: boolean,
  partners: Partners,
  onStep?: (index: number, image: Image) => void
): void {
  const { steps } = program
  const lastMove = lastMovingStep(program, applied)
  let image = input
  for (let i = applied; i < steps.length; i++) {
    onStep?.(i, image)
    const { step, drawn, shape } = steps[i]!
    if (drawn === undefined) continue
    const stays = step.inPlace === true && owned
    const out = stays ? image : imageOf(shape, i >= lastMove ? target : scratch.take(size(shape), image.data))
    step.apply(image, drawn, out, partners[i]?.map(partner => partner.image) ?? NO_IMAGES)
    image = out
    owned = true
  }
  if (image.data !== target) target.set(image.data)
}

const NO_IMAGES: readonly Image[] = Object.freeze([])

/** Bytes of an image of this shape. */
export function size([height, width, channels]: Shape): number {
  return height * width * channels
}

export function imageOf([height, width, channels]: Shape, data: Uint8Array): Image {
  return { data, width, height, channels }
}

/** The last step that cannot work in place: it, and whatever follows, can write to the target. */
function lastMovingStep({ steps }: SampleProgram, from: number): number {
  for (let i = steps.length - 1; i >= from; i--) {
    if (steps[i]!.drawn !== undefined && steps[i]!.step.inPlace !== true) return i
  }
  return from
}
