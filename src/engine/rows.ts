/** What the executor does with one row of a table: reads it, draws its steps, writes its label, tells what failed. */
import { ShapeError, SourceError } from '../errors.js'
import type { Image, Shape } from '../kernels/step.js'
import type { ImageTargets, Partners } from './moveTargets.js'
import { drawSteps, type SampleProgram } from './program.js'
import type { SlotShape, SlotViews } from './slot.js'
import { labelOf } from './table.js'
import { COLUMNS, Column, type MadePixels, type RowFault, type RowTargets, type SampleTable } from './task.js'

/** Thrown for an image that is fine, but not of the batch's size. */
export class Misfit extends ShapeError {
  readonly shape: Shape

  constructor(shape: Shape) {
    super(`the image ends as ${shape.join('×')}`)
    this.shape = shape
  }
}

/** One number of a row. */
export function at({ numbers }: SampleTable, i: number, column: number): number {
  return numbers[i * COLUMNS + column]!
}

/** Whether a codec decodes the image, so that its pixels are ours to change. */
export function isDecoded(table: SampleTable, i: number): boolean {
  return at(table, i, Column.image) < 0
}

/** A view on pixels in shared memory; undefined where the image is still encoded. */
export function pixelsIn(table: SampleTable, i: number): Image | undefined {
  if (isDecoded(table, i)) return undefined
  const width = at(table, i, Column.width)
  const height = at(table, i, Column.height)
  const channels = at(table, i, Column.channels)
  const buffer = table.buffers[at(table, i, Column.image)]!
  return {
    data: new Uint8Array(buffer, at(table, i, Column.offset), width * height * channels),
    width,
    height,
    channels
  }
}

const place = { epoch: 0, position: 0, role: 0, applied: 0 }

/** Draws all steps of a row, for an image of this shape; gives the shape of its result. */
export function drawRow(
  program: SampleProgram,
  table: SampleTable,
  i: number,
  shape: Shape,
  partners: Partners
): Shape {
  const epoch = at(table, i, Column.epoch)
  program.facts.epoch = epoch
  program.facts.label = labelOf(table, i)
  place.epoch = epoch
  place.position = at(table, i, Column.position)
  place.role = at(table, i, Column.role)
  place.applied = at(table, i, Column.applied)
  if (partners.length === 0) return drawSteps(program, shape, place)
  return drawSteps(
    program,
    shape,
    place,
    partners.map(of => of?.map(partner => shapeOf(partner.image)))
  )
}

export function shapeOf({ height, width, channels }: Image): Shape {
  return [height, width, channels]
}

/** Says that it was a partner that could not be made. */
export function partnerError(table: SampleTable, i: number, error: unknown): unknown {
  const source = isDecoded(table, i) ? table.encoded[-at(table, i, Column.image) - 1] : undefined
  const { message, code } = (error instanceof Error ? error : new Error(String(error))) as Error & { code?: string }
  if (code === 'OPERATOR') return error
  return new SourceError(`its partner${typeof source === 'string' ? ` ${source}` : ''} cannot be made: ${message}`)
}

/** Writes a label as a row: one-hot for a class, else as it is. */
export function writeLabel(labels: Float32Array, row: number, width: number, label: number | Float32Array): void {
  // `batch` has looked at the labels of its samples, but not at those of their substitutes.
  const fits =
    typeof label === 'number' ? Number.isInteger(label) && label >= 0 && label < width : label.length === width
  if (!fits) throw new ShapeError(`the label ${label} does not fit a row of ${width} numbers`)
  if (typeof label === 'number') {
    labels.fill(0, row * width, (row + 1) * width)
    labels[row * width + label] = 1
  } else {
    labels.set(label, row * width)
  }
}

/** A batch of which a worker makes rows. */
export interface OpenBatch {
  readonly wanted: SlotShape
  readonly views: SlotViews
  /** For the cache. */
  readonly pixels: MadePixels[]
  readonly targets: RowTargets[]
}

/** Writes a mask to its place, and notes boxes and keypoints. */
export function writeTargets({ mask, boxes, keypoints }: ImageTargets, row: number, batch: OpenBatch): void {
  if (mask !== undefined) batch.views.masks?.set(mask.data, row * mask.data.length)
  if (boxes !== undefined || keypoints !== undefined) {
    batch.targets.push({ row, boxes: boxes ?? [], keypoints: keypoints ?? [] })
  }
}

/** An error as plain data, with the row that it is about. */
export function faultOf(table: SampleTable, i: number, error: unknown): RowFault {
  const { message, code, stack } = (error instanceof Error ? error : new Error(String(error))) as Error & {
    code?: string
  }
  const shape = error instanceof Misfit ? error.shape : undefined
  return { row: at(table, i, Column.row), message, code, stack, shape }
}

/** The same bytes in shared memory. */
export function sharedCopy(data: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(data.length))
  copy.set(data)
  return copy
}

/** An image whose pixels are shared memory of their own. */
export function made(row: number, { data, width, height, channels }: Image): MadePixels {
  return { row, buffer: data.buffer as SharedArrayBuffer, width, height, channels }
}
