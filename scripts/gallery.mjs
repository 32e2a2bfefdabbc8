// npm run gallery: makes docs/gallery.md and its pictures from the photos in docs/photos.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openImages } from '../dist/cli/data.js'
import { operatorOf } from '../dist/cli/operators.js'
import { previewGroup } from '../dist/cli/previewSheet.js'
import { drawSheet } from '../dist/sinks/sheet.js'
import { sections } from './gallery/entries.mjs'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const pictures = `${docs}gallery/`
const options = { rows: 1, variants: 6, size: 112 }

rmSync(pictures, { recursive: true, force: true })
mkdirSync(pictures)
const lines = [
  '# Gallery',
  '',
  'One row for each operator: the photo first, then what the operator makes of it, with the label and its weights below. Made by',
  '`npm run gallery` from the [photos](photos/LICENSES.md) that come with the project, always with the same seeds.',
  '`npx millrace preview FOLDER --op "…"` draws the same of your own images.'
]
for (const { title, entries } of sections) {
  lines.push('', `## ${title}`)
  for (const { name, expression, seed = 1, text, from } of entries) {
    lines.push('', `### ${name}`, '', `${text} ${from}`)
    if (expression === undefined) continue
    const images = await openImages(`${docs}photos`, { seed })
    const group = await previewGroup(expression, images, [operatorOf(expression)], options)
    const { data, width, height } = drawSheet([group], { columns: options.variants + 1, scale: undefined })
    const picture = sharp(data, { raw: { width, height, channels: 3 } })
    await picture.jpeg({ quality: 84, chromaSubsampling: '4:4:4' }).toFile(`${pictures}${name}.jpg`)
    lines.push('', `![${name}](gallery/${name}.jpg)`)
  }
}
writeFileSync(`${docs}gallery.md`, `${lines.join('\n')}\n`)
