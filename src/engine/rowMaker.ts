/** Makes the image of one row of a table: reads it and those of its partners, draws its steps, and runs them. */

import type { EncodedImage } from '../codecs/codec.js'
import { currentCodec } from '../codecs/current.js'
import { readMask } from '../codecs/mask.js'
import type { Image, Part, Shape } from '../kernels/step.js'
import type { ImageRef, PixelRef } from '../sample.js'
import { type EncodedRef, encodedIn, fetchedImage, localImage } from './encoded.js'
import { checkMask, type ImageTargets, type MadeImage, moveTargets, type Partners } from './moveTargets.js'
import { moveCrop, type SampleProgram, wantedOf } from './program.js'
import type { ProgramStore } from './programStore.js'
import type { RemoteRows } from './remoteRows.js'
import { at, drawRow, isDecoded, Misfit, partnerError, pixelsIn, shapeOf } from './rows.js'
import { ImagePool, imageOf, runSteps, Scratch } from './runSteps.js'
import type { SlotShape } from './slot.js'
import { hasTargets } from './table.js'
import { Column, type SampleTable } from './task.js'
import type { Times } from './times.js'

const NO_PARTNERS: Partners = Object.freeze([])

/** What is wanted of a row besides its image. */
export interface RowOptions {
  /** Images are decoded in full, whatever their steps need. */
  readonly whole?: boolean
  /** The size that the image must have in the end. */
  readonly fits?: SlotShape
  /** The images and masks that lie on web servers. */
  readonly remote?: RemoteRows | undefined
  /** Told the pixels before each step; for the cache. */
  readonly onStep?: ((index: number, before: Image) => void) | undefined
}

/** The result of a row; its pixels are valid until the next row is made. */
export interface MadeRow extends MadeImage {
  readonly label: number | Float32Array
}

/** A row whose steps are drawn. */
interface Drawn {
  readonly program: SampleProgram
  readonly partners: Partners
  readonly image: Image
  /** Of the image at its full size. */
  readonly full: Shape
  /** Where the first step's part lies, if the image is not all there at its full size. */
  readonly region: Part | undefined
  /** Of the result. */
  readonly shape: Shape
}

export class RowMaker {
  readonly #programs: ProgramStore
  readonly #times: Times
  readonly #scratch = new Scratch()
  /** Partners and masks of the row that is being made. */
  readonly #pool = new ImagePool()

  constructor(programs: ProgramStore, times: Times) {
    this.#programs = programs
    this.#times = times
  }

  /**
   * Makes row `i` of the table; at once where nothing has to be read, because a promise costs as much as a small image.
   *
   * @throws Misfit where the image is not of the size that is wanted
   */
  make(table: SampleTable, i: number, options: RowOptions): MadeRow | Promise<MadeRow> {
    this.#pool.reset()
    const program = this.#programs.known(at(table, i, Column.program))
    const image = pixelsIn(table, i)
    const alone = at(table, i, Column.span) === 1 && table.targets === undefined
    if (program === undefined || image === undefined || !alone) return this.#makeLater(table, i, options)
    return this.#run(table, i, this.#draw(table, i, program, image, NO_PARTNERS), undefined, options)
  }

  async #makeLater(table: SampleTable, i: number, options: RowOptions): Promise<MadeRow> {
    const id = at(table, i, Column.program)
    const program = this.#programs.known(id) ?? (await this.#programs.compile(id))
    const partners = at(table, i, Column.span) === 1 ? NO_PARTNERS : await this.#partners(table, i, options.remote)
    const image = pixelsIn(table, i)
    const drawn =
      image === undefined
        ? await this.#decode(table, i, program, partners, options)
        : this.#draw(table, i, program, image, partners)
    return this.#run(table, i, drawn, await this.#targets(table, i, drawn, options.remote), options)
  }

  #draw(table: SampleTable, i: number, program: SampleProgram, image: Image, partners: Partners): Drawn {
    const full = shapeOf(image)
    const shape = drawRow(program, table, i, full, partners)
    this.#times.lap('draw')
    return { program, partners, image, full, region: undefined, shape }
  }

  /** Draws by the size that the header tells, because the draws tell which part of the image is needed. */
  async #decode(
    table: SampleTable,
    i: number,
    program: SampleProgram,
    partners: Partners,
    options: RowOptions
  ): Promise<Drawn> {
    const times = this.#times
    const whole = options.whole === true || program.whole
    const ref = encodedIn(table, i)
    const file = await currentCodec().open(localImage(ref) ?? (await fetched(ref, options.remote?.image(i))))
    times.lap('read')
    let full: Shape | undefined = file.size && [file.size.height, file.size.width, 3]
    let shape = full && drawRow(program, table, i, full, partners)
    times.lap('draw')
    const wanted = full === undefined || whole ? undefined : wantedOf(program, full)
    const { image, region } = await file.decode(wanted)
    times.lap('decode')
    if (shape === undefined || (region === undefined && (image.height !== full![0] || image.width !== full![1]))) {
      full = shapeOf(image)
      shape = drawRow(program, table, i, full, partners)
    }
    return { program, partners, image, full: full!, region, shape }
  }

  async #partners(table: SampleTable, i: number, remote: RemoteRows | undefined): Promise<Partners> {
    const partners: MadeImage[][] = []
    const end = i + at(table, i, Column.span)
    for (let j = i + 1; j < end; j += at(table, j, Column.span)) {
      const forStep = at(table, j, Column.forStep)
      partners[forStep] ??= []
      try {
        const made = await this.#makeLater(table, j, { remote })
        const data = this.#pool.take(made.image.data.length)
        data.set(made.image.data)
        partners[forStep].push({ image: imageOf(shapeOf(made.image), data), targets: made.targets })
      } catch (error) {
        throw partnerError(table, j, error)
      }
    }
    return partners
  }

  #run(
    table: SampleTable,
    i: number,
    { program, partners, image, region, shape }: Drawn,
    targets: ImageTargets | undefined,
    { fits, onStep }: RowOptions
  ): MadeRow {
    if (fits !== undefined && (shape[0] !== fits.height || shape[1] !== fits.width || shape[2] !== fits.channels)) {
      throw new Misfit(shape)
    }
    if (region !== undefined) moveCrop(program, region)
    const applied = at(table, i, Column.applied)
    const owned = isDecoded(table, i)
    const result = runSteps(program, image, applied, this.#scratch, owned, partners, this.#times, onStep)
    return { image: result, targets, label: program.facts.label }
  }

  /** Reads and moves what lies in an image, after its steps were drawn. */
  async #targets(
    table: SampleTable,
    i: number,
    { program, full, partners }: Drawn,
    remote: RemoteRows | undefined
  ): Promise<ImageTargets | undefined> {
    const own = table.targets?.[i]
    if (own === undefined || !hasTargets(own)) return undefined
    const mask = own.mask && checkMask(await readMask(await maskIn(own.mask, remote?.mask(i))), full)
    const { boxes, keypoints } = own
    return moveTargets(program, at(table, i, Column.applied), full, { mask, boxes, keypoints }, partners, this.#pool)
  }
}

function fetched(ref: EncodedRef, coming: Promise<Uint8Array> | undefined): Promise<EncodedImage> {
  return coming === undefined ? fetchedImage(ref) : coming.then(bytes => ({ bytes }))
}

async function maskIn(mask: ImageRef, coming: Promise<Uint8Array> | undefined): Promise<PixelRef | EncodedImage> {
  return mask.kind === 'pixels' ? mask : (localImage(mask) ?? fetched(mask, coming))
}
