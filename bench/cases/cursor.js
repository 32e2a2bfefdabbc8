import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  batch,
  colorJitter,
  cutMix,
  cutout,
  indexed,
  mixUp,
  normalize,
  prefetch,
  randAugment,
  randomCrop,
  randomFlip
} from 'millrace'
import { lastValueFrom, take } from 'rxjs'

/** What saving a cursor takes, in the middle of a run with many steps: as JSON, and into a file as a checkpoint is. */
export async function cursor({ samples, count }) {
  const at = () => ({ image: { data: new Uint8Array(192), width: 8, height: 8, channels: 3 }, label: 0 })
  const made = await lastValueFrom(
    indexed({ size: samples, at, classes: 2, shuffle: true, seed: 1, epochs: Infinity })
      .pipe(randomCrop(8, { padding: 2 }), randomFlip(), colorJitter({ brightness: 0.3 }), randAugment(), cutout())
      .pipe(batch(32), mixUp(), cutMix(), normalize(), prefetch(2, { workers: 0 }), take(5))
  )
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const save = () => {
    writeFileSync(join(folder, 'part'), JSON.stringify(made.cursor))
    renameSync(join(folder, 'part'), join(folder, 'cursor.json'))
  }
  const json = time(count, () => JSON.stringify(made.cursor))
  const file = time(count, save)
  rmSync(folder, { recursive: true })
  return { json, file, bytes: JSON.stringify(made.cursor).length }
}

/** Microseconds of a call, after as many to warm up. */
function time(count, run) {
  for (let i = 0; i < count; i++) run()
  const start = performance.now()
  for (let i = 0; i < count; i++) run()
  return ((performance.now() - start) * 1000) / count
}
