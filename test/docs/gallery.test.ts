/** The gallery shows every operator that changes what is seen. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { operatorNames } from '#dist/cli/operators.js'
import { sections } from '../../scripts/gallery/entries.mjs'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const entries = sections.flatMap(section => section.entries)

test('each operator has an entry, a heading and a picture', () => {
  expect(entries.map(({ name }) => name).sort()).toEqual(
    [...operatorNames(), 'labelSmoothing', 'batchNormalization'].sort()
  )
  const page = readFileSync(join(docs, 'gallery.md'), 'utf8')
  for (const { name, expression, text } of entries) {
    expect(page).toContain(`### ${name}\n`)
    expect(page).toContain(text)
    if (expression !== undefined) {
      expect(page).toContain(`(gallery/${name}.jpg)`)
      expect(existsSync(join(docs, 'gallery', `${name}.jpg`)), name).toBe(true)
    }
  }
})
