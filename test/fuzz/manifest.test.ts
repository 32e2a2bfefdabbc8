/** Whatever a manifest holds, it ends in samples below its folder or in an error that names it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ManifestOptions, manifest } from '#dist/sources/manifest.js'
import { collect } from '../sources/collect.js'
import { damage, fuzz, inputFolder, naming } from './support.js'

const dir = inputFolder()

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
  'null',
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
]

const manifests = fc
  .tuple(fc.constantFrom(...corpus), damage(3, words))
  .map(([[name, text, options], change]) => ({ path: join(dir, name), options, bytes: change(Buffer.from(text)) }))

fuzz(
  'a manifest ends in samples below its folder, or in an error that names it',
  manifests,
  async ({ path, options, bytes }) => {
    writeFileSync(path, bytes)
    for (const { image, mask, label, boxes } of await collect(manifest(path, options))) {
      for (const ref of [image, mask]) {
        const { path: at } = (ref ?? { path: `${dir}/` }) as { path: string }
        if (!at.startsWith(`${dir}/`) || at.includes('/../')) throw new Error(`${at} is outside`)
      }
      const numbers = typeof label === 'number' ? [label] : [...label]
      if (!numbers.every(Number.isFinite) && !numbers.some(Math.abs as never)) throw new Error(`the label ${label}`)
      for (const { x1, x2 } of boxes ?? []) if (!(x1 <= x2)) throw new Error(`a box from ${x1} to ${x2}`)
    }
  },
  naming(dir)
)

test('no name in a manifest changes what objects are', () => {
  expect(Object.keys(Object.prototype)).toEqual([])
})
