/** Executes work: the same code in a worker thread and, with `workers: 0`, on the main thread. */
import { sharpCodec } from '../codecs/sharp.js'
import { type Lut, normalizeInto } from '../kernels/normalize.js'
import type { Image } from '../kernels/step.js'
import { closeRows, finishBatch } from './finish.js'
import { later, now } from './platform.js'
import { type BatchProgram, batchProgram, type SampleProgram, sampleProgram } from './program.js'
import { at, drawRow, faultOf, isDecoded, lutOf, Misfit, made, pixelsIn, sharedCopy, writeLabel } from './rows.js'
import { imageOf, runSteps, Scratch, size } from './runSteps.js'
import { CANCELLED, FAULTS, REMAINING, type SlotViews, slotViews } from './slot.js'
import {
  type ChunkWork,
  Column,
  type FinishWork,
  type MadePixels,
  type Outcome,
  type PixelsWork,
  type ProgramSpec,
  type RowFault,
  type SampleTable,
  type Task
} from './task.js'

/** Milliseconds after which an executor on the main thread lets other things happen. */
const TURN_MS = 8

/** One thread's executor, with the programs that it was sent. */
export class Executor {
  readonly #specs = new Map<number, ProgramSpec>()
  readonly #samplePrograms = new Map<number, SampleProgram>()
  readonly #batchPrograms = new Map<number, BatchProgram>()
  readonly #scratch = new Scratch()
  readonly #yields: boolean
  #bytes = new Uint8Array(0)
  #turn = 0
  #decodeMs = 0

  /** @param yields whether other things happen on this thread, which must not wait for a whole chunk */
  constructor({ yields }: { readonly yields: boolean }) {
    this.#yields = yields
  }

  async execute({ programs, forget, work }: Task): Promise<Outcome> {
    if (forget) for (const map of [this.#specs, this.#samplePrograms, this.#batchPrograms]) map.clear()
    for (const spec of programs) this.#specs.set(spec.id, spec)
    this.#decodeMs = 0
    this.#turn = now()
    if (work.kind === 'chunk') return this.#chunk(work)
    if (work.kind === 'finish') return this.#finish(work)
    return this.#pixels(work)
  }

  async #chunk({ table, slot, batch }: ChunkWork): Promise<Outcome> {
    const start = now()
    const views = slotViews(slot.buffer, slot.shape)
    const lut = views.images instanceof Float32Array ? lutOf(batch, slot.shape.channels) : undefined
    const faults: RowFault[] = []
    const pixels: MadePixels[] = []
    for (let i = 0; i < table.count; i++) {
      if (Atomics.load(views.header, CANCELLED) !== 0) break
      try {
        await this.#row(table, i, slot.shape, views, lut, pixels)
      } catch (error) {
        faults.push(faultOf(table, i, error))
        Atomics.add(views.header, FAULTS, 1)
      }
    }
    const steps = now() - start - this.#decodeMs
    const complete = Atomics.sub(views.header, REMAINING, 1) === 1
    const finished = complete && Atomics.load(views.header, FAULTS) === 0 && Atomics.load(views.header, CANCELLED) === 0
    const mix = finished ? finishBatch(this.#batchProgram(batch.program), slot, batch, slot.shape.n) : 0
    return { faults, finished, pixels, times: { decode: this.#decodeMs, steps, mix } }
  }

  #finish({ slot, batch, rows }: FinishWork): Outcome {
    const start = now()
    closeRows(slot, rows)
    finishBatch(this.#batchProgram(batch.program), slot, batch, rows.length)
    return { faults: [], finished: true, pixels: [], times: { decode: 0, steps: 0, mix: now() - start } }
  }

  async #pixels({ table }: PixelsWork): Promise<Outcome> {
    const start = now()
    const faults: RowFault[] = []
    const pixels: MadePixels[] = []
    for (let i = 0; i < table.count; i++) {
      try {
        const program = this.#sampleProgram(table, i) ?? (await this.#compile(table, i))
        const image = pixelsIn(table, i) ?? (await this.#decode(table, i))
        const shape = drawRow(program, table, i, image)
        const target = new Uint8Array(new SharedArrayBuffer(size(shape)))
        runSteps(program, image, at(table, i, Column.applied), target, this.#scratch, isDecoded(table, i))
        pixels.push(made(at(table, i, Column.row), imageOf(shape, target)))
      } catch (error) {
        faults.push(faultOf(table, i, error))
      }
      await this.#breathe()
    }
    const steps = now() - start - this.#decodeMs
    return { faults, finished: true, pixels, times: { decode: this.#decodeMs, steps, mix: 0 } }
  }

  /** Makes one row of the batch: its image and its label. */
  async #row(
    table: SampleTable,
    i: number,
    wanted: { readonly height: number; readonly width: number; readonly channels: number; readonly labelWidth: number },
    { images, labels }: SlotViews,
    lut: Lut | undefined,
    kept: MadePixels[]
  ): Promise<void> {
    const program = this.#sampleProgram(table, i) ?? (await this.#compile(table, i))
    const image = pixelsIn(table, i) ?? (await this.#decode(table, i))
    const shape = drawRow(program, table, i, image)
    if (shape[0] !== wanted.height || shape[1] !== wanted.width || shape[2] !== wanted.channels) throw new Misfit(shape)
    const row = at(table, i, Column.row)
    const bytes = size(shape)
    const target = lut === undefined ? images.subarray(row * bytes, (row + 1) * bytes) : this.#rowBytes(bytes)
    const keep = at(table, i, Column.keep)
    const onStep =
      keep < 0
        ? undefined
        : (index: number, before: Image) => {
            if (index === keep) kept.push(made(row, { ...before, data: sharedCopy(before.data) }))
          }
    runSteps(
      program,
      image,
      at(table, i, Column.applied),
      target as Uint8Array,
      this.#scratch,
      isDecoded(table, i),
      onStep
    )
    if (lut !== undefined) {
      normalizeInto(target as Uint8Array, images.subarray(row * bytes, (row + 1) * bytes) as Float32Array, lut)
    }
    writeLabel(labels, row, wanted.labelWidth, program.facts.label)
    await this.#breathe()
  }

  /** The images of a `float32` batch are bytes here before they are normalised. */
  #rowBytes(bytes: number): Uint8Array {
    if (this.#bytes.length !== bytes) this.#bytes = new Uint8Array(bytes)
    return this.#bytes
  }

  #sampleProgram(table: SampleTable, i: number): SampleProgram | undefined {
    return this.#samplePrograms.get(at(table, i, Column.program))
  }

  async #compile(table: SampleTable, i: number): Promise<SampleProgram> {
    const id = at(table, i, Column.program)
    const program = await sampleProgram(this.#spec(id))
    this.#samplePrograms.set(id, program)
    return program
  }

  #batchProgram(id: number): BatchProgram {
    let program = this.#batchPrograms.get(id)
    if (program === undefined) {
      program = batchProgram(this.#spec(id))
      this.#batchPrograms.set(id, program)
    }
    return program
  }

  #spec(id: number): ProgramSpec {
    const spec = this.#specs.get(id)
    if (spec === undefined) throw new Error(`program ${id} was not sent to this thread`)
    return spec
  }

  async #decode(table: SampleTable, i: number): Promise<Image> {
    const start = now()
    const source = table.encoded[-at(table, i, Column.image) - 1]!
    try {
      return await sharpCodec.decode(typeof source === 'string' ? { path: source } : { bytes: source })
    } finally {
      this.#decodeMs += now() - start
    }
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
