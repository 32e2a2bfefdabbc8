/** Writes samples into a table and reads them out again. */
import type { ImageRef, PixelRef, Sample } from '../sample.js'
import { COLUMNS, Column, type ProgramSpec, type SampleTable, type SampleTargets } from './task.js'

/** What a row says besides the sample. */
export interface RowPlan {
  readonly sample: Sample
  readonly row: number
  readonly program: ProgramSpec
  /** 0 for the sample itself, n for its n-th partner. */
  readonly role: number
  /** The pixels before this step are to come back; −1 for none. */
  readonly keep: number
  /** Other samples that its steps need, in the order of the steps. */
  readonly partners: readonly PartnerPlan[]
}

/** A sample that a step of another one needs. */
export interface PartnerPlan extends RowPlan {
  /** The place of that step in the other one's list. */
  readonly forStep: number
}

/** Of most samples. */
export const NO_PARTNERS: readonly PartnerPlan[] = Object.freeze([])

/** Builds the table of a chunk. Partners follow whose partners they are. */
export function writeTable(plans: readonly RowPlan[]): SampleTable {
  const rows = withPartners(plans)
  const numbers = new Float64Array(rows.length * COLUMNS)
  const encoded: (string | Uint8Array)[] = []
  const buffers: SharedArrayBuffer[] = []
  let vectors: Float32Array | undefined
  for (let i = 0, at = 0; i < rows.length; i++, at += COLUMNS) {
    const { sample, row, program, role, keep } = rows[i]!
    const { image, label } = sample
    numbers[at + Column.program] = program.id
    numbers[at + Column.epoch] = sample.epoch
    numbers[at + Column.position] = sample.position
    numbers[at + Column.role] = role
    numbers[at + Column.keep] = keep
    numbers[at + Column.row] = row
    numbers[at + Column.span] = spanOf(rows[i]!)
    numbers[at + Column.forStep] = (rows[i] as Partial<PartnerPlan>).forStep ?? -1
    if (typeof label === 'number') {
      numbers[at + Column.label] = label
    } else {
      numbers[at + Column.label] = Number.NaN
      vectors ??= new Float32Array(rows.length * label.length)
      vectors.set(label, i * label.length)
    }
    if (image.kind === 'pixels') {
      let index = buffers.length - 1
      if (buffers[index] !== image.buffer) index = buffers.indexOf(image.buffer)
      if (index < 0) index = buffers.push(image.buffer) - 1
      numbers[at + Column.image] = index
      numbers[at + Column.offset] = image.offset
      numbers[at + Column.width] = image.width
      numbers[at + Column.height] = image.height
      numbers[at + Column.channels] = image.channels
      numbers[at + Column.applied] = image.applied ?? 0
    } else {
      numbers[at + Column.image] = -encodedIndex(encoded, image)
      if (image.kind === 'range') {
        numbers[at + Column.offset] = image.offset
        numbers[at + Column.width] = image.length
        numbers[at + Column.channels] = 1
      }
    }
  }
  return { count: rows.length, numbers, encoded, buffers, vectors, targets: targetsOf(rows) }
}

/** The place of an encoded image in the list, counted from 1; neighbours that lie in one file share it. */
function encodedIndex(encoded: (string | Uint8Array)[], image: Exclude<ImageRef, PixelRef>): number {
  if (image.kind === 'bytes') return encoded.push(image.bytes)
  const location = image.kind === 'file' ? image.path : image.location
  return encoded.at(-1) === location ? encoded.length : encoded.push(location)
}

/** The rows with their partners, and the partners' partners, each right after whose partner it is. */
export function withPartners(plans: readonly RowPlan[]): readonly RowPlan[] {
  if (plans.every(({ partners }) => partners.length === 0)) return plans
  return plans.flatMap(plan => [plan, ...withPartners(plan.partners)])
}

function spanOf({ partners }: RowPlan): number {
  return partners.reduce((sum, partner) => sum + spanOf(partner), 1)
}

function targetsOf(rows: readonly RowPlan[]): readonly SampleTargets[] | undefined {
  if (!rows.some(({ sample }) => hasTargets(sample))) return undefined
  return rows.map(({ sample: { mask, boxes, keypoints } }) => ({ mask, boxes, keypoints }))
}

/** Whether a sample has a mask, boxes or keypoints. */
export function hasTargets({ mask, boxes, keypoints }: SampleTargets): boolean {
  return mask !== undefined || boxes !== undefined || keypoints !== undefined
}

/** The label of a row: a class index, or a view on its vector. */
export function labelOf({ count, numbers, vectors }: SampleTable, i: number): number | Float32Array {
  const label = numbers[i * COLUMNS + Column.label]!
  if (vectors === undefined || !Number.isNaN(label)) return label
  const width = vectors.length / count
  return vectors.subarray(i * width, (i + 1) * width)
}
