/** Whatever a manifest holds, it ends in samples below its folder or in an error that names it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ManifestOptions, manifest } from '#dist/sources/manifest.js'
import { collect } from '../sources/collect.js'
import { dice, expectFine, inputs, mutate, seed } from './mutate.js'

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-fuzz-'))
})
afterAll(() => rm(dir, { recursive: true }))

const corpus: readonly (readonly [name: string, text: string, options?: ManifestOptions])[] = [
  [
    'a.csv',
    'image,label,boxes\na/b.jpg,cat,"[[1,2,3,4,0]]"\n"c, d.jpg",dog,\n e.jpg ,cat,"[{""x1"":1,""y1"":2,""x2"":3,""y2"":4}]"\n'
  ],
  ['a.csv', 'path,label,mask,key\r\nx.png,0,m/x.png,first\r\ny.png,3,m/y.png,second\r\n'],
  ['a.tsv', 'file_name\tlabel\na.jpg\t[0.5, 0.5]\nb.jpg\t[1, 0]\n', { classes: 2 }],
  [
    'a.jsonl',
    '{"image":"a.jpg","label":"cat","keypoints":[[1,2],{"x":3,"y":4,"label":1,"visible":false}]}\n{"image":"b/c.jpg","label":"dog"}\n'
  ],
  [
    'a.jsonl',
    '{"image":"a.jpg","label":[1,0,1],"boxes":[]}\n\n{"image":"é.jpg","label":[0,0,1],"boxes":[[1,2,3,4]]}\n'
  ],
  ['a.csv', 'image,u,v\na.jpg,1,0.5\nb.jpg,-2e3,7\n', { label: ['u', 'v'] }]
]
const words = [
  '../',
  '/etc/passwd',
  '..\\',
  'C:\\',
  'http://a/',
  '"',
  '""',
  '\n',
  '\r',
  ',',
  '\t',
  '{',
  '[',
  '1e999',
  'NaN',
  'null'
]
words.push(
  '__proto__',
  'constructor',
  '{"__proto__":{}}',
  '\uFEFF',
  '\0',
  '%2e%2e/',
  '[[',
  'image',
  'label',
  '9999999999'
)

test(`${inputs} damaged manifests`, async () => {
  const before = process.memoryUsage.rss()
  let samples = 0
  let errors = 0
  for (let i = 0; i < inputs; i++) {
    const roll = dice(seed, i)
    const [name, text, options] = corpus[i % corpus.length]!
    const path = join(dir, name)
    const bytes = mutate(Buffer.from(text), roll, { words, most: 3 })
    await writeFile(path, bytes)
    try {
      for (const { image, mask, label, boxes } of await collect(manifest(path, options))) {
        for (const ref of [image, mask]) {
          const { path: at } = (ref ?? { path: `${dir}/` }) as { path: string }
          if (!at.startsWith(`${dir}/`) || at.includes('/../')) throw new Error(`${at} is outside`)
        }
        const numbers = typeof label === 'number' ? [label] : [...label]
        if (!numbers.every(Number.isFinite) && !numbers.some(Math.abs as never)) throw new Error(`the label ${label}`)
        for (const { x1, x2 } of boxes ?? []) if (!(x1 <= x2)) throw new Error(`a box from ${x1} to ${x2}`)
        samples++
      }
    } catch (error) {
      errors++
      expectFine(error, path, i)
    }
  }
  expect(samples).toBeGreaterThan(inputs / 10)
  expect(errors).toBeGreaterThan(inputs / 10)
  expect(process.memoryUsage.rss() - before).toBeLessThan(400e6)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
}, 3_600_000)
