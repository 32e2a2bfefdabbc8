// Draws docs/contact-sheet.png, the picture of the README: npm run build && node scripts/readme-picture.mjs
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  batch,
  contactSheet,
  cutMix,
  cutout,
  forEachBatch,
  indexed,
  mixUp,
  randomFlip,
  randomResizedCrop,
  resize
} from 'millrace'
import { concat } from 'rxjs'
import sharp from 'sharp'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const names = ['astronaut', 'cat', 'coffee', 'rocket']
const SIDE = 128

/** One row of the sheet: each photo twice, so that two draws can be seen. */
const row = (name, seed, ...operators) =>
  indexed({
    name,
    seed,
    size: 2 * names.length,
    at: i => ({ image: `${docs}photos/${names[i % names.length]}.jpg`, label: i % names.length }),
    classes: names
  }).pipe(...operators)

const batches = concat(
  row('no augmentation', 1, resize([SIDE, SIDE]), batch(8)),
  row('randomResizedCrop(128), randomFlip()', 1, randomResizedCrop(SIDE), randomFlip(), batch(8)),
  row('cutout()', 2, resize([SIDE, SIDE]), cutout(), batch(8)),
  row('cutMix()', 23, resize([SIDE, SIDE]), batch(8), cutMix()),
  row("mixUp({ granularity: 'sample' })", 200, resize([SIDE, SIDE]), batch(8), mixUp({ granularity: 'sample' }))
)

const sheet = `${docs}contact-sheet.png`
await forEachBatch(batches.pipe(contactSheet(sheet, { batches: 5, columns: 8, scale: 1 })), ({ info, keys }) =>
  console.log(`${info.name}: ${keys.length} images`)
)
// 256 colours are enough for a README, and a third of the bytes.
await writeFile(sheet, await sharp(sheet).png({ palette: true, effort: 10 }).toBuffer())
