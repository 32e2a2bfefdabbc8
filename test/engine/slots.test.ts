/** The memory of batches: on loan, used again, and nobody's trap. */
import { batch, cutMix, forEachBatch, LoaderError, normalize, prefetch, randomFlip, resize } from 'millrace'
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SlotRing, slotCounts } from '#dist/engine/slot.js'
import { slotKernels } from '#dist/engine/slotKernels.js'
import { copy, digest, small } from './support.js'

const plans = (epochs: number, size = 4) => small(20, { epochs }).pipe(randomFlip(), batch(size), cutMix(), normalize())

describe('release', () => {
  test('ends reading, and may be called again', async () => {
    const { outstanding } = slotCounts()
    const batch = await firstValueFrom(plans(1).pipe(prefetch(1)))
    expect(slotCounts().outstanding).toBeGreaterThan(outstanding)
    const { cursor, keys, shape } = batch
    for (let i = 0; i < 3; i++) batch.release()
    for (const read of [() => batch.images, () => batch.labels]) {
      expect(read).toThrow(LoaderError)
      expect(read).toThrow(/^Batch 0 of epoch 0 was released: .*batch\.images\.slice\(\)/)
    }
    expect([batch.cursor, batch.keys, batch.shape]).toEqual([cursor, keys, shape])
    await until(() => slotCounts().outstanding === outstanding)
  })

  test('of one batch twice does not lend its memory to two others', async () => {
    const { outstanding } = slotCounts()
    const buffers = new Set<ArrayBufferLike>()
    const held: (() => void)[] = []
    await lastValueFrom(
      plans(4).pipe(
        prefetch(2),
        toArray()
        // Every batch is still on loan here, so no two may share memory.
      )
    ).then(batches => {
      for (const batch of batches) {
        buffers.add(batch.images.buffer)
        held.push(() => batch.release())
      }
      expect(buffers.size).toBe(batches.length)
    })
    for (const release of held) {
      release()
      release()
    }
    expect(slotCounts().outstanding).toBe(outstanding)
  })
})

describe('the ring', () => {
  test.each([0, 2])('stays as it is over 200 batches, with %i workers', async workers => {
    const { outstanding, allocated } = slotCounts()
    let count = 0
    await forEachBatch(plans(40).pipe(prefetch(3, { workers })), () => void count++)
    expect(count).toBe(200)
    expect(slotCounts().outstanding).toBe(outstanding)
    expect(slotCounts().allocated - allocated).toBeLessThanOrEqual(3 + 2)
  })

  test('serves short batches and long ones from the same memory, with the right pixels', async () => {
    const uneven = () => small(10, { epochs: 3 }).pipe(resize([9, 7]), batch(4))
    const kept = await lastValueFrom(uneven().pipe(prefetch(1), toArray()))
    const { allocated } = slotCounts()
    const again: ReturnType<typeof copy>[] = []
    await forEachBatch(uneven().pipe(prefetch(1)), batch => void again.push(copy(batch)))
    expect(slotCounts().allocated - allocated).toBeLessThanOrEqual(3)
    expect(digest(again)).toBe(digest(kept.map(copy)))
  })
})

test('batches that nobody releases stall nothing, keep their pixels, and cause one warning', async () => {
  const warnings: string[] = []
  const listen = (warning: Error & { code?: string }) => void warnings.push(`${warning.code} ${warning.message}`)
  process.on('warning', listen)
  const batches = await lastValueFrom(plans(40).pipe(prefetch(2), toArray()))
  const expected: ReturnType<typeof copy>[] = []
  await forEachBatch(plans(40).pipe(prefetch(2)), batch => void expected.push(copy(batch)))
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', listen)
  expect(digest(batches.map(copy))).toBe(digest(expected))
  expect(warnings).toEqual([expect.stringMatching(/^MILLRACE_UNRELEASED .*have not been released.*trainStep/)])
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve))
}

test('kernels are made once for a slot, also where it arrives as a copy of the handle', () => {
  const ring = new SlotRing(2)
  const [one, other] = [ring.acquire(1000), ring.acquire(1000)]
  const kernels = slotKernels(one)
  expect(kernels).toBeDefined()
  expect(slotKernels(structuredClone(one))).toBe(kernels)
  expect(slotKernels(other)).not.toBe(kernels)
  ring.release(one)
  ring.release(other)
})
