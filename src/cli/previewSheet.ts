/** Originals and what operators make of them, as a group of a contact sheet. */
import { filter, type MonoTypeOperatorFunction, map, type Observable } from 'rxjs'
import type { Batch, BatchPlan } from '../batch.js'
import { batch } from '../operators/batch.js'
import { centerCrop } from '../operators/centerCrop.js'
import { prefetch } from '../operators/prefetch.js'
import { resize } from '../operators/resize.js'
import type { BatchOperator, SampleOperator } from '../operators/steps.js'
import type { Sample } from '../sample.js'
import { type CaptionPart, captionOf } from '../sinks/caption.js'
import { type Picture, pictures } from '../sinks/picture.js'
import type { SheetGroup } from '../sinks/sheet.js'
import { toAsyncIterable } from '../sinks/toAsyncIterable.js'
import type { Images } from './data.js'

export interface PreviewOptions {
  /** Images that are shown, one a row. */
  readonly rows: number
  /** Results for each. */
  readonly variants: number
  /** Side that images of a folder are cropped to. */
  readonly size: number
}

/** What a batch shows. */
interface Seen {
  readonly pictures: readonly Picture[]
  readonly captions: readonly CaptionPart[][]
}

/** Shows `rows` images of the data, spread over it: each with what the operators make of it, `variants` times. */
export async function previewGroup(
  title: string,
  images: Images,
  operators: readonly (SampleOperator | BatchOperator)[],
  { rows, variants, size }: PreviewOptions
): Promise<SheetGroup> {
  // Batch operators need others to mix with, which are not all shown.
  const count = Math.min(images.size, Math.max(rows, MIXED))
  const chosen = new Set(Array.from({ length: count }, (_, i) => Math.floor((i * images.size) / count)))
  const shown = Math.min(rows, count)
  const look = (epochs: number, list: typeof operators): Promise<Seen[]> => {
    const samples = images.source(epochs).pipe(filter((sample: Sample) => chosen.has(sample.index)))
    const sized = images.side !== undefined ? samples : samples.pipe(resize(size), centerCrop(size))
    return see(list.reduce(applied, { samples: sized, count }), shown)
  }
  const [originals] = await look(1, [])
  const results = await look(variants, operators)
  const all = [originals!, ...results]
  const [width, height] = (['width', 'height'] as const).map(side =>
    Math.max(...all.flatMap(seen => seen.pictures.map(picture => picture[side])))
  )
  const columns = Array.from({ length: shown }, (_, i) =>
    all.map(seen => ({ picture: seen.pictures[i]!, caption: seen.captions[i]! }))
  )
  const cells = columns.flat().filter(({ picture }) => picture !== undefined)
  return {
    title,
    pictures: cells.map(({ picture }) => onCanvas(picture, width!, height!)),
    captions: cells.map(({ caption }) => caption)
  }
}

const MIXED = 4

/** A pipeline that grows: samples first, plans after the first operator for batches. */
interface Growing {
  readonly samples: Observable<Sample>
  readonly plans?: Observable<BatchPlan>
  readonly count: number
}

function applied({ samples, plans, count }: Growing, operator: SampleOperator | BatchOperator): Growing {
  if (operator.level === 'sample') {
    if (plans === undefined) return { samples: samples.pipe(operator), count }
    return { samples, plans: plans.pipe(onSamples(operator)), count }
  }
  return { samples, plans: (plans ?? samples.pipe(batch(count))).pipe(operator), count }
}

/** Lets an operator for images stand after one for batches: it changes each image before the batch is made. */
function onSamples(operator: SampleOperator): MonoTypeOperatorFunction<BatchPlan> {
  return map(plan => ({
    ...plan,
    samples: plan.samples.map(sample => ({ ...sample, steps: [...sample.steps, operator.step] }))
  }))
}

async function see({ samples, plans, count }: Growing, shown: number): Promise<Seen[]> {
  const seen: Seen[] = []
  for await (const made of toAsyncIterable((plans ?? samples.pipe(batch(count))).pipe(prefetch(2)))) {
    const width = made.labelShape[1]
    seen.push({
      pictures: picturesOf(made, shown),
      captions: made.keys
        .slice(0, shown)
        .map((_, i) => captionOf(made.labels.subarray(i * width, (i + 1) * width), made.info))
    })
  }
  return seen
}

/** Images that are stacked in the channels stand side by side. */
function picturesOf(made: Batch, shown: number): readonly Picture[] {
  const [n, height, width, channels] = made.shape
  const own = made.info.shape?.[2] ?? 3
  const stacked = channels / own
  if (stacked < 2 || !Number.isInteger(stacked)) return pictures(made, shown)
  const data = new Uint8Array(n * height * width * stacked * own)
  for (let p = 0; p < n * height * width; p++) {
    const [row, x] = [Math.floor(p / width), p % width]
    for (let s = 0; s < stacked; s++) {
      for (let c = 0; c < own; c++) {
        data[((row * stacked + s) * width + x) * own + c] = Number(made.images[p * channels + s * own + c])
      }
    }
  }
  const wide = { ...made, keys: made.keys, images: data, shape: [n, height, width * stacked, own] as const }
  return pictures(wide as unknown as Batch, shown)
}

/** In the middle of a light canvas, where sizes differ. */
function onCanvas(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture
  const data = new Uint8Array(3 * width * height).fill(235)
  const left = (width - picture.width) >> 1
  const top = (height - picture.height) >> 1
  for (let y = 0; y < picture.height; y++) {
    const line = picture.data.subarray(y * picture.width * 3, (y + 1) * picture.width * 3)
    data.set(line, ((top + y) * width + left) * 3)
  }
  return { data, width, height }
}
