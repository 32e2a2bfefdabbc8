/** Batches as a picture, for eyes. */
import { concat, defer, EMPTY, from, ignoreElements, type OperatorFunction } from 'rxjs'
import type { Batch, BatchPlan } from '../batch.js'
import { checkInteger, checkNumber, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { stage } from '../flow/stage.js'
import { executed } from './batches.js'
import { captionOf } from './caption.js'
import { pictures } from './picture.js'
import { writePng } from './platform.js'
import { drawSheet, type SheetGroup } from './sheet.js'

/** Options of {@link contactSheet}. */
export interface ContactSheetOptions {
  /**
   * How many batches are drawn: the first ones that pass.
   * @defaultValue 1
   */
  readonly batches?: number | undefined
  /**
   * Images in a row.
   * @defaultValue at most 8, fewer where images are large
   */
  readonly columns?: number | undefined
  /**
   * Factor by which images are enlarged, or, below 1, shrunk.
   * @defaultValue to at least 96 and at most 256 pixels
   */
  readonly scale?: number | undefined
  /**
   * How many images of each batch are drawn at most.
   * @defaultValue 64
   */
  readonly maxImages?: number | undefined
}

/**
 * Draws the first batches with their labels into a PNG file, and lets all batches pass unchanged.
 *
 * Batch (or plan) → batch. Below each image stand its three heaviest classes with their weights, so that mixed labels
 * can be checked by eye, or its numbers where labels are no classes. Normalised images are shown as they were before.
 * The last batch that is drawn passes when the file is written; a stream with fewer batches completes when it is.
 *
 * @param path - Where the PNG goes. Missing folders are made; an older file is replaced.
 * @throws {@link InvalidOptionError} for options out of range. Errors of writing go to the subscriber.
 *
 * @example
 * ```ts
 * import { batch, cifar10, contactSheet, cutMix, prefetch } from 'millrace'
 * import { take } from 'rxjs'
 *
 * cifar10({ seed: 1, shuffle: true })
 *   .pipe(batch(32), cutMix(), prefetch(), contactSheet('cutmix.png'), take(1))
 *   .subscribe()
 * ```
 */
export function contactSheet(
  path: string | URL,
  options: ContactSheetOptions = {}
): OperatorFunction<Batch | BatchPlan, Batch> {
  if (!(path instanceof URL) && (typeof path !== 'string' || path === '')) {
    throw new InvalidOptionError({ caller: 'contactSheet', option: 'path', expected: 'a path', received: path })
  }
  checkOptions('contactSheet', options, ['batches', 'columns', 'scale', 'maxImages'])
  const { batches = 1, columns, scale, maxImages = 64 } = options
  checkInteger('contactSheet', 'batches', batches, { min: 1 })
  checkInteger('contactSheet', 'maxImages', maxImages, { min: 1 })
  if (columns !== undefined) checkInteger('contactSheet', 'columns', columns, { min: 1 })
  if (scale !== undefined) checkNumber('contactSheet', 'scale', scale, { min: 0.01, max: 64 })
  return source =>
    defer(() => {
      const groups: SheetGroup[] = []
      let done = false
      const write = (): Promise<void> => {
        done = true
        return writePng(path, drawSheet(groups, { columns, scale }))
      }
      const draw = async (batch: Batch): Promise<Batch> => {
        try {
          groups.push(groupOf(batch, maxImages))
          if (groups.length === batches) await write()
          return batch
        } catch (error) {
          batch.release()
          throw error
        }
      }
      const release = (batch: Batch): void => batch.release()
      const drawn = stage<Batch, Batch>({
        name: 'contactSheet',
        depth: 1,
        start: () => ({ work: batch => (done ? batch : draw(batch)), discard: release, drop: release })
      })
      const rest = defer(() => (done || groups.length === 0 ? EMPTY : from(write()).pipe(ignoreElements())))
      return concat(executed(source).pipe(drawn), rest)
    })
}

/** Copies what is to be drawn: the batch may be released as soon as it has passed. */
function groupOf(batch: Batch, maxImages: number): SheetGroup {
  const { info, epoch, index, labels, labelShape, keys } = batch
  const images = pictures(batch, maxImages)
  const more = keys.length > images.length ? ` of ${keys.length}` : ''
  return {
    title: `${info.name}   epoch ${epoch}   batch ${index}   ${images.length}${more} images`,
    pictures: images,
    captions: images.map((_, i) => captionOf(labels.subarray(i * labelShape[1], (i + 1) * labelShape[1]), info))
  }
}
