import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  type Observable,
  type OperatorFunction,
  of,
  throwError,
  toArray
} from 'rxjs'
import { describe, expect, it } from 'vitest'
import { DONE, fromPull } from '#dist/flow/pull.js'
import { route } from '#dist/flow/route.js'
import { stage } from '#dist/flow/stage.js'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { deferred, settled } from '../support/turns.js'

/** Numbers pass, `plan` strings become numbers, four at a time. */
const execute: OperatorFunction<string, number> = stage<string, number>({
  name: 'execute',
  depth: 4,
  start: () => ({ work: async plan => Number(plan) })
})

const mixed = (): Error => new Error('mixed')

const routed = (source: Observable<string | number>): Observable<number> =>
  route<string, number>(source, item => typeof item === 'string', execute, mixed)

describe('route', () => {
  it('lets items pass that need no operator', async () => {
    expect(await lastValueFrom(routed(from([1, 2, 3])).pipe(toArray()))).toEqual([1, 2, 3])
  })

  it('sends the others through it, in order, to the end', async () => {
    expect(await lastValueFrom(routed(from(['1', '2', '3', '4', '5', '6', '7'])).pipe(toArray()))).toEqual([
      1, 2, 3, 4, 5, 6, 7
    ])
  })

  it('passes on an empty source and an error, before and after a first item', async () => {
    const bad = throwError(() => new Error('bad'))
    expect(await lastValueFrom(routed(EMPTY).pipe(toArray()))).toEqual([])
    await expect(lastValueFrom(routed(bad))).rejects.toThrow('bad')
    await expect(lastValueFrom(routed(concat(of(1), bad)))).rejects.toThrow('bad')
    await expect(lastValueFrom(routed(concat(of('1'), bad)))).rejects.toThrow('bad')
  })

  it('refuses a stream of both', async () => {
    await expect(lastValueFrom(routed(from([1, '2'])))).rejects.toThrow('mixed')
    await expect(lastValueFrom(routed(from(['1', 2])))).rejects.toThrow('mixed')
  })

  it.each([
    { kind: 'number', most: 2 },
    { kind: 'string', most: 4 + 2 }
  ])('holds a source of $kind items back while the consumer works', async ({ kind, most }) => {
    let pulled = 0
    let closed = 0
    let ahead = 0
    const source = fromPull<string | number>(() => ({
      pull: () => (pulled === 500 ? DONE : kind === 'string' ? String(pulled++) : pulled++),
      close: () => closed++
    }))
    const seen: number[] = []
    await forEachBatch(routed(source), async (item, index) => {
      if (index % 10 === 0) await settled(3)
      ahead = Math.max(ahead, pulled - index)
      seen.push(item)
    })
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i))
    expect(ahead).toBeLessThanOrEqual(most)
    expect(ahead).toBeGreaterThan(1)
    expect(closed).toBe(1)
  })

  it('stops the source when the subscriber leaves, or the operator fails', async () => {
    let open = 0
    const endless = fromPull<string>(() => {
      open++
      return { pull: () => 'x', close: () => open-- }
    })
    const failing: OperatorFunction<string, number> = stage<string, number>({
      name: 'failing',
      depth: 2,
      start: () => ({ work: () => Promise.reject(new Error('no')) })
    })
    await expect(lastValueFrom(route(endless, () => true, failing, mixed))).rejects.toThrow('no')
    expect(open).toBe(0)
    const { promise } = deferred()
    const controller = new AbortController()
    const running = forEachBatch(
      route(endless, () => true, execute, mixed),
      () => settled(),
      { signal: controller.signal }
    )
    await settled()
    expect(open).toBe(1)
    controller.abort('enough')
    expect(open).toBe(0)
    await expect(Promise.race([running, promise])).rejects.toBe('enough')
  })
})
