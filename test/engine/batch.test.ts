/** Gathering: sizes, remainders, epochs, and labels that do not fit. */
import { arrays, batch, InvalidOptionError, labelSmoothing, prefetch, type Sample } from 'millrace'
import { concat, defer, lastValueFrom, map, merge, type Observable, of, throwError } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { run, small } from './support.js'

describe('sizes', () => {
  // samples, size, remainder, images in the batches of an epoch
  const table: readonly [number, number, 'keep' | 'drop', readonly number[]][] = [
    [1, 1, 'keep', [1]],
    [1, 1, 'drop', [1]],
    [3, 1, 'keep', [1, 1, 1]],
    [3, 1, 'drop', [1, 1, 1]],
    [7, 3, 'keep', [3, 3, 1]],
    [7, 3, 'drop', [3, 3]],
    [6, 3, 'keep', [3, 3]],
    [6, 3, 'drop', [3, 3]],
    [2, 3, 'keep', [2]],
    [2, 3, 'drop', []],
    [5, 4, 'keep', [4, 1]],
    [5, 4, 'drop', [4]]
  ]

  test.each(table)('%i samples by %i, remainder: %s', async (count, size, remainder, sizes) => {
    const all = await run(small(count, { epochs: 3 }).pipe(batch(size, { remainder })), { workers: 0 })
    const seen = all.map(({ epoch, index, last, keys, shape, labelShape, labels }) => {
      expect([shape[0], labelShape, labels.length]).toEqual([keys.length, [keys.length, 4], 4 * keys.length])
      return [epoch, index, last, keys.length]
    })
    const epoch = (epoch: number) => sizes.map((n, index) => [epoch, index, index === sizes.length - 1, n])
    expect(seen).toEqual([epoch(0), epoch(1), epoch(2)].flat())
    expect(all.at(-1)?.cursor).toMatchObject(sizes.length > 0 ? { epoch: 3, position: 0, batch: 0 } : {})
  })

  test('nothing comes of nothing, and an error comes at once', async () => {
    expect(await run(defer(() => of<Sample>()).pipe(batch(2)))).toEqual([])
    const broken = concat(
      small(5),
      throwError(() => 0)
    )
    const plans: unknown[] = []
    await expect(
      lastValueFrom(
        broken.pipe(
          batch(2),
          map(plan => plans.push(plan))
        )
      )
    ).rejects.toBe(0)
    expect(plans.length).toBe(2)
  })
})

describe('labels', () => {
  const images = new Uint8Array(6 * 4)
  const shape = [2, 2, 1] as const
  const labelled = (labels: unknown, classes?: number | readonly string[], options: object = {}) =>
    arrays({ images, labels: labels as number[], shape, classes, seed: 1, ...options })
  const rows = async (samples: Observable<Sample>) =>
    (await run(samples.pipe(batch(7)))).map(({ labels }) => [...labels])
  const oneHot = [0, 1, 2, 2, 1, 0]

  test('become rows: one-hot, or as they are', async () => {
    expect(await rows(labelled([1, 0, 1, 0, 1, 1], 2))).toEqual([[0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1]])
    expect(await rows(labelled([[1], [0.5], [-3], [1e9], [0], [7]]))).toEqual([[1, 0.5, -3, 1e9, 0, 7]])
  })

  test('of both kinds stand beside each other', async () => {
    const soft = Float32Array.of(0.2, 0.3, 0.5)
    const both = labelled(oneHot, 3).pipe(map(sample => (sample.index % 2 ? { ...sample, label: soft } : sample)))
    const expected = [0, 1, 2, 3, 4, 5].flatMap(i => (i % 2 ? [...soft] : [0, 1, 2].map(c => Number(c === oneHot[i]))))
    expect(await rows(both)).toEqual([expected])
  })

  test('that do not fit are errors that say what to do', async () => {
    const failure = (samples: Observable<Sample>) => expect(rows(samples)).rejects
    const operatorError = (message: RegExp) =>
      expect.objectContaining({ name: 'OperatorError', operator: 'batch', message: expect.stringMatching(message) })
    await failure(labelled(oneHot)).toThrow(
      operatorError(/sample "0" has the class 0, but arrays does not say.*Give the option `classes`/)
    )
    for (const label of [2, -1, 0.5, Number.NaN]) {
      await failure(labelled([0, 1, label, 0, 0, 0], 2)).toThrow(
        operatorError(/sample "2" has the label (2|-1|0\.5|NaN), which is none of the 2 classes \(0 to 1\)\. Correct/)
      )
    }
    const ragged = labelled(oneHot, 3).pipe(
      map(sample => (sample.index === 4 ? { ...sample, label: new Float32Array(4) } : sample))
    )
    await failure(ragged).toThrow(
      operatorError(/sample "4" has a label of 4 numbers, but there are 3 classes, so it should have 3\. Give all/)
    )
    const lengths = labelled([[1], [2], [3], [4], [5], [6]]).pipe(
      map(sample => (sample.index === 1 ? { ...sample, label: new Float32Array(2) } : sample))
    )
    await failure(lengths).toThrow(operatorError(/of 2 numbers, but the samples before it have 1/))
    await failure(merge(labelled(oneHot, 3), labelled(oneHot, 4))).toThrow(
      operatorError(/\(3 classes\) and of arrays \(4 classes\) meet, whose classes differ.*same option `classes`/)
    )
    await failure(merge(labelled(oneHot, ['a', 'b', 'c']), labelled(oneHot, ['a', 'c', 'b']))).toThrow(
      operatorError(/a, b, c.*a, c, b/)
    )
  })
})

test('options that cannot be used are refused at the call', () => {
  const cases: readonly [() => unknown, RegExp][] = [
    [() => batch(0), /^batch: `size` must be a whole number of at least 1, but is 0 \(number\)/],
    [() => batch(2.5), /`size`.*2\.5/],
    [() => batch('8' as never), /`size`.*"8" \(string\)/],
    [() => batch(8, { remainder: 'pad' as never }), /`remainder` must be one of 'keep', 'drop', but is "pad"/],
    [() => batch(8, { drop: true } as never), /`drop` must be one of the options remainder, but is true/],
    [() => batch(8, null as never), /`options` must be an object, but is null/],
    [() => prefetch(0), /^prefetch: `depth` must be a whole number of at least 1, but is 0/],
    [() => prefetch(Infinity), /`depth`.*Infinity/],
    [() => prefetch(2, { workers: -1 }), /`workers` must be a whole number between 0 and 1024, but is -1/],
    [
      () => prefetch(2, { threads: 2 } as never),
      /`threads` must be one of the options workers, onFault, maxBytes, but is 2/
    ],
    [() => prefetch(2, { onFault: 'ignore' as never }), /`onFault` must be one of 'throw', 'skip', 'substitute'/],
    [() => prefetch(2, { onFault: { action: 'drop' as never } }), /`onFault\.action` must be one of/],
    [() => prefetch(2, { onFault: null as never }), /`onFault` must be one of .*but is null/],
    [() => prefetch(2, { onFault: { action: 'skip', maxCount: -1 } }), /`onFault\.maxCount`.*-1/],
    [() => prefetch(2, { onFault: { action: 'skip', maxRate: 2 } }), /`onFault\.maxRate`.*between 0 and 1, but is 2/],
    [() => prefetch(2, { onFault: { action: 'skip', report: 'x' as never } }), /`onFault\.report` must be a function/],
    [
      () => prefetch(2, { onFault: { action: 'skip', limit: 3 } as never }),
      /`limit` must be one of the options action/
    ],
    [() => labelSmoothing(2), /^labelSmoothing: /]
  ]
  for (const [call, message] of cases) {
    expect(call).toThrow(message)
    expect(call).toThrow(InvalidOptionError)
  }
})
