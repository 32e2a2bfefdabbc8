import { getEventListeners } from 'node:events'
import { concat, concatMap, from, Observable, Subject, throwError, timer } from 'rxjs'
import { expect, test } from 'vitest'
import { consume } from '#dist/flow/consume.js'
import { currentContext } from '#dist/flow/context.js'
import type { Gate } from '#dist/flow/gate.js'
import { now } from '#dist/flow/platform.js'
import { stage } from '#dist/flow/stage.js'
import { mapConcurrent } from '#dist/operators/mapConcurrent.js'
import { counted, leaked, pending, turn } from './support.js'

const over = { done: true, value: undefined }
const item = (value: unknown) => ({ done: false, value })

test('items are pulled, one beyond the one in use', async () => {
  const made = counted(10)
  const items = consume(made.source, { name: 'test' })
  await turn()
  expect(made.open).toBe(0)
  for (let i = 0; i < 10; i++) {
    expect(await items.next()).toEqual(item(i))
    expect(made.produced).toBe(Math.min(10, i + 2))
    await turn()
    expect(made.produced).toBe(Math.min(10, i + 2))
  }
  expect(await items.next()).toEqual(over)
  expect(await items.next()).toEqual(over)
  expect(made.open).toBe(0)
  expect(await leaked()).toBe(false)
})

test('or none beyond it', async () => {
  const made = counted(3)
  const items = consume(made.source, { name: 'test', depth: 0 })
  for (let i = 0; i < 3; i++) {
    expect(await items.next()).toEqual(item(i))
    expect(made.produced).toBe(i + 1)
  }
  expect(await items.next()).toEqual(over)
})

test('may be asked for several items at once, and before they are there', async () => {
  const items = consume(pending(3), { name: 'test' })
  expect(await Promise.all([1, 2, 3, 4, 5].map(() => items.next()))).toEqual([item(0), item(1), item(2), over, over])
})

test('an error comes once, after the items before it', async () => {
  const items = consume(
    concat(
      counted(2).source,
      throwError(() => undefined)
    ),
    { name: 'test', depth: 9 }
  )
  expect([await items.next(), await items.next()]).toEqual([item(0), item(1)])
  await expect(items.next()).rejects.toBe(undefined)
  expect(await items.next()).toEqual(over)
})

test('return() unsubscribes, discards what lies ready and answers who waits', async () => {
  const discarded: unknown[] = []
  const options = { name: 'test', discard: (x: number) => discarded.push(x) }
  const made = counted(10)
  const items = consume(made.source, options)
  await items.next()
  await items.return()
  expect([made.open, made.produced, discarded]).toEqual([0, 2, [1]])
  expect(await items.next()).toEqual(over)

  const late = consume(pending(10), options)
  const waiting = [late.next(), late.next()]
  await late.return()
  expect(await Promise.all(waiting)).toEqual([over, over])

  const unused = counted(1)
  const never = consume(unused.source, options)
  await never.return()
  expect(await never.next()).toEqual(over)
  expect(unused.closed).toBe(0)
})

test('a signal ends it with its reason', async () => {
  const discarded: unknown[] = []
  const abort = new AbortController()
  const options = { name: 'test', signal: abort.signal, discard: (x: number) => discarded.push(x) }
  const made = counted(10)
  const ready = consume(made.source, options)
  const waiting = consume(pending(10), options)
  await ready.next()
  const next = waiting.next()
  abort.abort('enough')
  await expect(next).rejects.toBe('enough')
  await expect(ready.next()).rejects.toBe('enough')
  expect([await ready.next(), await waiting.next()]).toEqual([over, over])
  expect([made.open, discarded]).toEqual([0, [1]])

  const begun = counted(10)
  await expect(consume(begun.source, options).next()).rejects.toBe('enough')
  expect(begun.closed).toBe(0)
})

test('listens to a signal no longer than it lasts', async () => {
  const { signal } = new AbortController()
  const finished = consume(counted(1).source, { name: 'test', signal })
  await finished.next()
  await finished.next()
  const left = consume(counted(9).source, { name: 'test', signal })
  await left.next()
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await left.return()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('holds up stages and asynchronous resubscription', async () => {
  const made = counted(3)
  const items = consume(
    from([0, 1, 2]).pipe(
      concatMap(e =>
        timer(1).pipe(
          concatMap(() => made.source),
          stage({ name: 's', depth: 1, start: () => ({ work: x => x + 10 * e }) })
        )
      ),
      mapConcurrent(async x => x, { concurrency: 2 })
    ),
    { name: 'test' }
  )
  for (const expected of [0, 1, 2, 10, 11, 12, 20, 21, 22]) {
    expect(await items.next()).toEqual(item(expected))
    await turn(2)
  }
  expect(await items.next()).toEqual(over)
})

test('is a pipeline of its own, with what it wants', async () => {
  const seen: unknown[] = []
  const look = stage<number, number>({
    name: 'look',
    depth: 1,
    start() {
      seen.push(currentContext()?.wants)
      return { work: x => x }
    }
  })
  const inner = (wants?: { format: 'uint8' }) => consume(counted(1).source.pipe(look), { name: 'test', wants })
  const outer = counted(1).source.pipe(
    concatMap(async () => [await inner().next(), await inner({ format: 'uint8' }).next()]),
    stage({ name: 'sink', depth: 1, wants: { format: 'float32' }, start: () => ({ work: (x: unknown) => x }) })
  )
  await consume(outer, { name: 'test' }).next()
  expect(seen).toEqual([undefined, { format: 'uint8' }])
})

test('its gate counts the time in which somebody waits, not that in which it has room', async () => {
  const arriving = new Subject<number>()
  let gate: Gate | undefined
  const source = new Observable<number>(subscriber => {
    gate = currentContext()!.gate
    return arriving.subscribe(subscriber)
  })
  const wanted = () => gate!.wantMs(now())
  const pass = () => {
    for (const start = now(); now() - start < 1; );
  }
  const items = consume(source, { name: 'test' })
  const first = items.next()
  wanted()
  pass()
  const before = wanted()
  expect(before).toBeGreaterThan(0)
  arriving.next(1)
  const after = wanted()
  expect(await first).toEqual(item(1))
  expect(gate!.isOpen).toBe(true)
  pass()
  expect(wanted()).toBe(after)
  void items.next()
  pass()
  expect(wanted()).toBeGreaterThan(after)
  await items.return()
})
