import { take } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { indexed } from '#dist/sources/indexed.js'
import type { SampleItem } from '#dist/sources/item.js'
import { collect, cursorAt } from './collect.js'

const path = (i: number): SampleItem => ({ image: `${i}.jpg`, label: i })

/** Lets every promise that is settled reach its callbacks. */
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('indexed', () => {
  test('takes paths, bytes and pixels, with labels of every kind', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(10), 4, 6)
    const large = new Uint8Array(1000)
    const items: SampleItem[] = [
      { image: 'cat/a.jpg', label: 3, key: 'a' },
      { image: large.subarray(10, 14), label: [0.5, 0.5] },
      { image: { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 1, height: 2, channels: 3 }, label: Float32Array.of(2) },
      { image: { data: shared, width: 2, height: 3, channels: 1 }, label: 0 }
    ]
    const samples = await collect(indexed({ size: 4, at: i => items[i]!, classes: ['x', 'y'] }))
    expect(samples.map(s => s.key)).toEqual(['a', '1', '2', '3'])
    expect(samples.map(s => s.label)).toEqual([3, Float32Array.of(0.5, 0.5), Float32Array.of(2), 0])
    const [file, bytes, copied, kept] = samples.map(s => s.image)
    expect(file).toEqual({ kind: 'file', path: 'cat/a.jpg' })
    expect(bytes).toEqual({ kind: 'bytes', bytes: new Uint8Array(4) })
    if (bytes?.kind === 'bytes') expect(bytes.bytes.buffer.byteLength).toBe(4) // a worker would get all 1000
    expect(copied).toMatchObject({ kind: 'pixels', offset: 0, width: 1, height: 2, channels: 3 })
    if (copied?.kind === 'pixels') expect([...new Uint8Array(copied.buffer)]).toEqual([1, 2, 3, 4, 5, 6])
    expect(kept).toEqual({ kind: 'pixels', buffer: shared.buffer, offset: 4, width: 2, height: 3, channels: 1 })
    expect(samples[0]!.info).toMatchObject({ size: 4, classes: 2, classNames: ['x', 'y'], name: 'indexed' })
  })

  test('asks for one sample at a time, and only for those that are wanted', async () => {
    const asked: number[] = []
    const at = async (i: number) => {
      asked.push(i)
      return path(i)
    }
    const samples = await collect(indexed({ size: 10, at }).pipe(take(3)))
    expect(samples.map(s => s.index)).toEqual([0, 1, 2])
    expect(asked).toEqual([0, 1, 2])
    const info = await indexed({ size: 10, at, seed: 1 }).info()
    await collect(indexed({ size: 10, at, resume: cursorAt(info, { position: 8 }) }))
    expect(asked).toEqual([0, 1, 2, 8, 9])
  })

  test('keeps the order of promises that settle in another, with as many under way as allowed', async () => {
    const open = new Map<number, (item: SampleItem) => void>()
    const at = (i: number) => new Promise<SampleItem>(resolve => void open.set(i, resolve))
    const seen: number[] = []
    indexed({ size: 5, at, concurrency: 3 }).subscribe(s => seen.push(s.index))
    expect([...open.keys()]).toEqual([0, 1, 2])
    for (const i of [2, 1]) open.get(i)!(path(i))
    await settled()
    expect(seen).toEqual([])
    expect(open.size).toBe(3)
    open.get(0)!(path(0))
    await settled()
    expect(seen).toEqual([0, 1, 2])
    expect([...open.keys()]).toEqual([0, 1, 2, 3, 4])
    for (const i of [3, 4]) open.get(i)!(path(i))
    await settled()
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  test('an unsubscribed source ignores what still arrives', async () => {
    let resolve: (item: SampleItem) => void = () => {}
    const seen: unknown[] = []
    const at = () => new Promise<SampleItem>(done => (resolve = done))
    const subscription = indexed({ size: 2, at }).subscribe({ next: s => seen.push(s), error: e => seen.push(e) })
    subscription.unsubscribe()
    resolve(path(0))
    await settled()
    expect(seen).toEqual([])
  })

  test.each([
    [
      'thrown',
      () => {
        throw new Error('disk gone')
      },
      'indexed: at(0) failed: disk gone'
    ],
    ['rejected', () => Promise.reject(new Error('disk gone')), 'indexed: at(0) failed: disk gone'],
    ['falsy', () => Promise.reject(undefined), 'indexed: at(0) failed: undefined'],
    ['nothing', () => undefined, 'item 0 must have the form { image, label, key? }, but it is undefined'],
    ['no label', () => ({ image: 'a.jpg' }), 'item 0 must have a number or a list of numbers as `label`'],
    ['bad label', () => ({ image: 'a.jpg', label: ['x'] }), 'a number or a list of numbers as `label`, but it is [x]'],
    ['bad key', () => ({ image: 'a.jpg', label: 0, key: 7 }), 'a string as `key`, but it is 7 (number)'],
    ['no image', async () => ({ label: 0 }), 'a path, bytes or { data, width, height, channels } as `image`'],
    [
      'pixels',
      () => ({ label: 0, image: { data: new Uint8Array(5), width: 2, height: 2, channels: 1 } }),
      '2 × 2 × 1 bytes of `data`, not 5'
    ],
    [
      'width',
      () => ({ label: 0, image: { data: new Uint8Array(4), width: 2 } }),
      'whole numbers of at least 1 as `width`'
    ]
  ])('an item that fails ends the run with a reason (%s)', async (_, at, message) => {
    const run = collect(indexed({ size: 2, at: at as never }))
    await expect(run).rejects.toThrow(message)
    await expect(run).rejects.toMatchObject({ name: 'SourceError', index: 0 })
  })

  test('options are checked at the call', () => {
    expect(() => indexed({ size: 0, at: path })).toThrow('indexed: `size` must be a whole number of at least 1')
    expect(() => indexed({ size: 1, at: 1 as never })).toThrow('indexed: `at` must be a function')
    expect(() => indexed({ size: 1, at: path, concurrency: 0 })).toThrow('`concurrency`')
    expect(() => indexed({ size: 1, at: path, name: '' })).toThrow('`name` must be a string')
  })

  test('the fingerprint tells data sets apart by name, size and classes', async () => {
    const of = async (options: object) => (await indexed({ size: 4, at: path, ...options }).info()).fingerprint
    const all = [await of({}), await of({ size: 5 }), await of({ classes: 4 }), await of({ name: 'mine' })]
    expect(new Set(all).size).toBe(4)
    expect(await of({ seed: 5, shuffle: true, subset: [0, 0.5] })).toBe(all[0])
  })
})
