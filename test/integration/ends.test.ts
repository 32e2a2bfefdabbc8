/** However a pipeline ends, its work is cancelled, its memory given back, and the process exits by itself. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder, writePhotos } from '../engine/support.js'
import { runNode } from '../support/runNode.js'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(folder.path, 8)
  await writeFile(join(folder.path, 'a', '03.jpg'), 'no image')
})
afterAll(() => folder.remove())

const first = (n: number) => Array.from({ length: n }, (_, i) => i)
/** What is seen, and how many slots are out in the end. */
const ways: Readonly<Record<string, readonly [seen: unknown, slots?: number]>> = {
  all: [first(8)],
  take: [[0, 1, 2, 'complete']],
  takeUnreleased: [[0, 1, 2], 3],
  atOnce: [[]],
  inFlight: [expect.arrayContaining([0, 1])],
  withinNext: [[0, 1]],
  first: [[0]],
  toArray: [[8]],
  filter: [[0, 4, 0, 4], 12],
  asyncFunction: [first(8)],
  downstreamError: [[0, 1, 'Error: downstream']],
  failingStep: [[0, 1, 'Error: no step']],
  failingTransform: [[0, 1, expect.stringMatching(/^SourceError: Sample "20" .*no luck with 20/)]],
  corruptFile: [[0, expect.stringMatching(/^SourceError: Sample "a\/03\.jpg" .* could not be made/)]],
  breaks: [[0, 1]],
  abort: [[0, 1, 'Error: enough']],
  mixedSizes: [[expect.stringMatching(/^ShapeError: .* must end in one size/)]],
  inMidFile: [[]]
}

const onMainThread = ['take', 'inFlight', 'corruptFile', 'mixedSizes', 'breaks']

describe.each([
  [2, Object.keys(ways)],
  [0, onMainThread]
])('with %i workers', (workers, names) => {
  test.each(names)('%s', async way => {
    const [seen, slots = 0] = ways[way]!
    const program = join(import.meta.dirname, '../fixtures/programs/ends.mjs')
    const printed = JSON.parse(await runNode(program, [way, String(workers), folder.path]))
    expect(printed).toMatchObject({ code: 0, slots, seen })
    expect(printed.planned).toBeLessThan(8 * 24) // far from the endless epochs
  })
})
