/** Every example runs, and prints what it is about. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from './support/runNode.js'
import { loadTfjsWebGpu } from './support/tfjs.js'

const folder = fileURLToPath(new URL('../examples/', import.meta.url))

/** A line of each example that it prints only where it worked. */
const printed: Readonly<Record<string, RegExp>> = {
  'custom-operator-map-pixels.js': /^saw the pixels of 200 images$/m,
  'custom-operator-rxjs.js': /^batch 2 is ready: 50 × 32 × 32 × 3\ncats and dogs only$/m,
  'custom-operator-transform/main.js': /^same bytes: true$/m,
  'fit-dataset.js': /^fitted 2 epochs$/m,
  'for-await.js': /^batch 4 of 100 × 32 × 32 × 3: .*\ndone: 5 batches$/m,
  'grad-cam.js': /^out\/what-it-looks-at.png: [2-8] of 8 guessed rightly$/m,
  'manifest.js': /^4 photos of the classes living, made\n(epoch [01]: \w+\.jpg is (living|made), .*\n){8}$/m,
  'mnist.js': /^accuracy on 2000 test images: [89]\d\.\d %$/m,
  'quick-start.js': /^trained on 40 batches, last loss \d\.\d{3}$/m,
  'resume.js': /^4 batches, then 6 after the resume: same bytes true$/m,
  'sampling.js': /^classBalanced: 200( 200){9}\n70 : 30: .*$/m,
  'smart-augmentation.js': /^batch 32: .*\nonly the classifier is needed from here on$/m,
  'train-validation.js': /^epoch 1: validation accuracy [5-9]\d\.\d %\nvalidated after each epoch$/m,
  'webgpu-train.ts': /^on .+\n(loss \d\.\d{3}\n){24}from 2\.\d\d to [01]\.\d\d$/m
}

/** What an example needs and this machine lacks. */
const missing: Readonly<Record<string, string>> = { 'webgpu-train.ts': (await loadTfjsWebGpu()).reason }

test('the list names every example', () => {
  const files = readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) return entry.name === 'demo' ? [] : [`${entry.name}/main.js`]
    return /^(?!load).*\.[jt]s$/.test(entry.name) ? [entry.name] : [] // data and helpers lie there too
  })
  expect(files.sort()).toEqual(Object.keys(printed))
})

for (const [name, line] of Object.entries(printed)) {
  const reason = missing[name] ?? ''
  test.skipIf(reason !== '')(`${name} ${reason}`, { timeout: 100_000 }, async () => {
    expect(await runNode(`${folder}${name}`)).toMatch(line)
  })
}
