/** Executes work: the same code in a worker thread and, with `workers: 0`, on the main thread. */
import { currentCodec } from '../codecs/current.js'
import { readMask } from '../codecs/mask.js'
import type { Image, Part, Shape } from '../kernels/step.js'
import { closeRows, finishBatch } from './finish.js'
import { checkMask, type ImageTargets, type MadeImage, moveTargets, type Partners } from './moveTargets.js'
import { later, now } from './platform.js'
import { moveCrop, type SampleProgram, wantedOf } from './program.js'
import { ProgramStore } from './programStore.js'
import {
  at,
  drawRow,
  faultOf,
  isDecoded,
  Misfit,
  made,
  type OpenBatch,
  partnerError,
  pixelsIn,
  shapeOf,
  sharedCopy,
  writeLabel,
  writeTargets
} from './rows.js'
import { ImagePool, imageOf, runSteps, Scratch, size } from './runSteps.js'
import { CANCELLED, FAULTS, REMAINING, slotViews } from './slot.js'
import { hasTargets } from './table.js'
import {
  type ChunkWork,
  Column,
  type FinishWork,
  type MadePixels,
  type Outcome,
  type PixelsWork,
  type RowFault,
  type SampleTable,
  type Task
} from './task.js'

/** Milliseconds after which an executor on the main thread lets other things happen. */
const TURN_MS = 8

const NO_PARTNERS: Partners = Object.freeze([])

/** A sample whose steps are drawn. */
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

/** One thread's executor, with the programs that it was sent. */
export class Executor {
  readonly #programs = new ProgramStore()
  readonly #scratch = new Scratch()
  /** Partners and masks of the row that is being made. */
  readonly #pool = new ImagePool()
  readonly #yields: boolean
  #turn = 0
  #decodeMs = 0

  /** @param yields whether other things happen on this thread, which must not wait for a whole chunk */
  constructor({ yields }: { readonly yields: boolean }) {
    this.#yields = yields
  }

  async execute({ programs, forget, work }: Task): Promise<Outcome> {
    if (forget) this.#programs.clear()
    this.#programs.add(programs)
    this.#decodeMs = 0
    this.#turn = now()
    if (work.kind === 'chunk') return this.#chunk(work)
    if (work.kind === 'finish') return this.#finish(work)
    return this.#pixels(work)
  }

  async #chunk({ table, slot, batch }: ChunkWork): Promise<Outcome> {
    const start = now()
    const views = slotViews(slot.memory, slot.shape)
    const faults: RowFault[] = []
    const open: OpenBatch = { wanted: slot.shape, views, pixels: [], targets: [] }
    for (let i = 0; i < table.count; i += at(table, i, Column.span)) {
      if (Atomics.load(views.header, CANCELLED) !== 0) break
      try {
        await this.#row(table, i, open)
      } catch (error) {
        faults.push(faultOf(table, i, error))
        Atomics.add(views.header, FAULTS, 1)
      }
    }
    const steps = now() - start - this.#decodeMs
    const complete = Atomics.sub(views.header, REMAINING, 1) === 1
    const finished = complete && Atomics.load(views.header, FAULTS) === 0 && Atomics.load(views.header, CANCELLED) === 0
    const end = finished ? finishBatch(this.#programs.ofBatch(batch.program), slot, batch, slot.shape.n) : undefined
    const { pixels, targets } = open
    return {
      faults,
      finished,
      pixels,
      targets,
      moments: end?.moments,
      times: { decode: this.#decodeMs, steps, mix: end?.mix ?? 0 }
    }
  }

  #finish({ slot, batch, rows }: FinishWork): Outcome {
    const start = now()
    closeRows(slot, rows)
    const { moments } = finishBatch(this.#programs.ofBatch(batch.program), slot, batch, rows.length)
    return {
      faults: [],
      finished: true,
      pixels: [],
      targets: [],
      moments,
      times: { decode: 0, steps: 0, mix: now() - start }
    }
  }

  async #pixels({ table }: PixelsWork): Promise<Outcome> {
    const start = now()
    const faults: RowFault[] = []
    const pixels: MadePixels[] = []
    for (let i = 0; i < table.count; i += at(table, i, Column.span)) {
      this.#pool.reset()
      try {
        const result = this.#run(table, i, await this.#draw(table, i, true))
        pixels.push(made(at(table, i, Column.row), { ...result, data: sharedCopy(result.data) }))
      } catch (error) {
        faults.push(faultOf(table, i, error))
      }
      await this.#breathe()
    }
    const steps = now() - start - this.#decodeMs
    return {
      faults,
      finished: true,
      pixels,
      targets: [],
      moments: undefined,
      times: { decode: this.#decodeMs, steps, mix: 0 }
    }
  }

  /** Makes one row of the batch: its image, its label, and what lies in the image. */
  async #row(table: SampleTable, i: number, batch: OpenBatch): Promise<void> {
    this.#pool.reset()
    const { wanted, views } = batch
    const drawn = await this.#draw(table, i)
    const { program, shape } = drawn
    if (shape[0] !== wanted.height || shape[1] !== wanted.width || shape[2] !== wanted.channels) throw new Misfit(shape)
    const row = at(table, i, Column.row)
    const keep = at(table, i, Column.keep)
    const onStep =
      keep < 0
        ? undefined
        : (index: number, before: Image) => {
            if (index === keep) batch.pixels.push(made(row, { ...before, data: sharedCopy(before.data) }))
          }
    const targets = await this.#targets(table, i, drawn)
    const { data } = this.#run(table, i, drawn, onStep)
    views.bytes.set(data, row * data.length)
    writeLabel(views.labels, row, wanted.labelWidth, program.facts.label)
    if (targets !== undefined) writeTargets(targets, row, batch)
    await this.#breathe()
  }

  /**
   * Reads an image and those of its partners, and draws its steps.
   *
   * @param whole whether the image is needed at its full size, whatever its steps need
   */
  async #draw(table: SampleTable, i: number, whole = false): Promise<Drawn> {
    const id = at(table, i, Column.program)
    const program = this.#programs.known(id) ?? (await this.#programs.compile(id))
    const partners = at(table, i, Column.span) === 1 ? NO_PARTNERS : await this.#partners(table, i)
    const image = pixelsIn(table, i)
    if (image === undefined) return this.#decode(table, i, program, partners, whole || program.whole)
    const full = shapeOf(image)
    return { program, partners, image, full, region: undefined, shape: drawRow(program, table, i, full, partners) }
  }

  /** Draws by the size that the header tells, because the draws tell which part of the image is needed. */
  async #decode(
    table: SampleTable,
    i: number,
    program: SampleProgram,
    partners: Partners,
    whole: boolean
  ): Promise<Drawn> {
    const start = now()
    const source = table.encoded[-at(table, i, Column.image) - 1]!
    try {
      const file = await currentCodec().open(typeof source === 'string' ? { path: source } : { bytes: source })
      let full: Shape | undefined = file.size && [file.size.height, file.size.width, 3]
      let shape = full && drawRow(program, table, i, full, partners)
      const wanted = full === undefined || whole ? undefined : wantedOf(program, full)
      const { image, region } = await file.decode(wanted)
      if (shape === undefined || (region === undefined && (image.height !== full![0] || image.width !== full![1]))) {
        full = shapeOf(image)
        shape = drawRow(program, table, i, full, partners)
      }
      return { program, partners, image, full: full!, region, shape }
    } finally {
      this.#decodeMs += now() - start
    }
  }

  async #partners(table: SampleTable, i: number): Promise<Partners> {
    const partners: MadeImage[][] = []
    const end = i + at(table, i, Column.span)
    for (let j = i + 1; j < end; j += at(table, j, Column.span)) {
      const forStep = at(table, j, Column.forStep)
      partners[forStep] ??= []
      try {
        partners[forStep].push(await this.#partner(table, j))
      } catch (error) {
        throw partnerError(table, j, error)
      }
    }
    return partners
  }

  async #partner(table: SampleTable, j: number): Promise<MadeImage> {
    const drawn = await this.#draw(table, j)
    const targets = await this.#targets(table, j, drawn)
    const target = this.#pool.take(size(drawn.shape))
    target.set(this.#run(table, j, drawn).data)
    return { image: imageOf(drawn.shape, target), targets }
  }

  /** Runs the steps that were drawn; the result is valid until the next run. */
  #run(table: SampleTable, i: number, drawn: Drawn, onStep?: (index: number, before: Image) => void): Image {
    const { program, partners, image, region } = drawn
    if (region !== undefined) moveCrop(program, region)
    const applied = at(table, i, Column.applied)
    return runSteps(program, image, applied, this.#scratch, isDecoded(table, i), partners, onStep)
  }

  /** Reads and moves what lies in an image, after its steps were drawn. */
  async #targets(table: SampleTable, i: number, { program, full, partners }: Drawn): Promise<ImageTargets | undefined> {
    const own = table.targets?.[i]
    if (own === undefined || !hasTargets(own)) return undefined
    const mask = own.mask && checkMask(await readMask(own.mask), full)
    const { boxes, keypoints } = own
    return moveTargets(program, at(table, i, Column.applied), full, { mask, boxes, keypoints }, partners, this.#pool)
  }

  /** On the main thread, lets other things happen now and then. */
  #breathe(): Promise<void> | undefined {
    if (!this.#yields || now() - this.#turn < TURN_MS) return undefined
    return new Promise(resolve =>
      later(() => {
        this.#turn = now()
        resolve()
      })
    )
  }
}
