/** Batches within a budget of bytes. */
import { batch, cutMix, forEachBatch, normalize, prefetch, randomFlip } from 'millrace'
import { describe, expect, test } from 'vitest'
import { ByteRoom } from '#dist/engine/byteRoom.js'
import { slotBytes, slotCounts } from '#dist/engine/slot.js'
import { digest, run, small } from './support.js'

/** Notes who has entered. */
function room(maxBytes: number) {
  const of = new ByteRoom(maxBytes)
  const inside: string[] = []
  const place = (name: string) => {
    const place = of.queue()
    return {
      enter: (bytes: number) => void place.enter(bytes).then(() => inside.push(name)),
      leave: () => place.leave()
    }
  }
  const settled = () => new Promise<string[]>(resolve => setImmediate(() => resolve([...inside])))
  return { of, place, settled }
}

describe('a room', () => {
  test('lets batches in by their order, not by that of their asking, because they leave in that order too', async () => {
    const { place, settled } = room(10)
    const [a, b, c] = [place('a'), place('b'), place('c')]
    b.enter(6)
    expect(await settled()).toEqual([])
    a.enter(6)
    c.enter(1)
    expect(await settled()).toEqual(['a'])
    a.leave()
    expect(await settled()).toEqual(['a', 'b', 'c'])
  })

  test('lets a batch in that is larger than it, alone', async () => {
    const { place, settled } = room(10)
    const [a, b] = [place('a'), place('b')]
    a.enter(100)
    b.enter(1)
    expect(await settled()).toEqual(['a'])
    a.leave()
    a.leave()
    expect(await settled()).toEqual(['a', 'b'])
  })

  test('waits for nobody who has left, and holds nobody once it is closed', async () => {
    const { of, place, settled } = room(10)
    const [a, b, c] = [place('a'), place('b'), place('c')]
    b.enter(8)
    c.enter(8)
    a.leave()
    expect(await settled()).toEqual(['b'])
    of.close()
    expect(await settled()).toEqual(['b', 'c'])
  })
})

const plans = () => small(64).pipe(randomFlip(), batch(4), cutMix(), normalize())
/** Bytes of one batch of these plans. */
const SLOT = slotBytes({
  n: 4,
  height: 12,
  width: 10,
  channels: 3,
  labelWidth: 4,
  float: true,
  masks: false,
  mixes: true
})

/** How many batches are there at a time while the consumer takes long; `enough` of them are waited for. */
async function mostAhead(options: object, enough: number): Promise<number> {
  const { outstanding } = slotCounts()
  let most = 0
  let calls = 0
  await forEachBatch(plans().pipe(prefetch(8, options)), async () => {
    const count = () => slotCounts().outstanding - outstanding
    if (calls++ === 0) while (count() < enough) await turn()
    for (let i = 0; i < 50; i++) await turn()
    most = Math.max(most, count())
  })
  expect([calls, slotCounts().outstanding]).toEqual([16, outstanding])
  return most
}

test.each([0, 2])('prefetch makes no more ahead than there is room for; %i workers', async workers => {
  // Three quarters of it are two and a half batches; the sink holds a few that were handed over.
  expect(await mostAhead({ workers, maxBytes: Math.round((SLOT * 2.5 * 4) / 3) }, 3)).toBeLessThanOrEqual(2 + 3)
  expect(await mostAhead({ workers }, 8)).toBeGreaterThanOrEqual(8)
})

test('the bytes are the same, also where there is room for none', async () => {
  expect(digest(await run(plans(), { depth: 8, maxBytes: 1 }))).toBe(digest(await run(plans())))
})

test('an error or leaving early holds nobody', async () => {
  const { outstanding } = slotCounts()
  await expect(
    forEachBatch(plans().pipe(prefetch(8, { maxBytes: 1 })), () => {
      throw new Error('enough')
    })
  ).rejects.toThrow('enough')
  while (slotCounts().outstanding > outstanding) await turn()
  expect(() => prefetch(2, { maxBytes: 0 })).toThrow('prefetch: `maxBytes` must be a whole number of at least 1')
})

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
