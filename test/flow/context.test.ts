import { expect, test } from 'vitest'
import { currentContext, type FlowContext, runIn } from '#dist/flow/context.js'
import { defer, every } from '#dist/flow/platform.js'
import { leaked, turn, until } from './support.js'

const outer: FlowContext = { wants: { format: 'uint8' } }
const inner: FlowContext = { wants: { format: 'float32' } }

test('is found within, also by what continues later, and not after', async () => {
  const seen: (FlowContext | undefined)[] = []
  const look = (): void => void seen.push(currentContext())
  const later = runIn(outer, async () => {
    look()
    runIn(inner, look)
    look()
    setTimeout(look)
    await turn()
    look()
    await runIn(undefined, async () => {
      look()
      await turn()
      look()
    })
    look()
  })
  look()
  await later
  await until(() => seen.length === 9)
  expect(seen.slice(0, 4)).toEqual([outer, inner, outer, undefined])
  expect(seen.filter(context => context === outer)).toHaveLength(5)
  expect(seen.filter(context => context === undefined)).toHaveLength(3)
  expect(await leaked()).toBe(false)
})

test('is left by what throws', () => {
  expect(() =>
    runIn(outer, () => {
      throw 'thrown'
    })
  ).toThrow('thrown')
  expect(currentContext()).toBeUndefined()
})

test('is not inherited by deferred calls and timers of the flow', async () => {
  const seen: (FlowContext | undefined)[] = []
  const stop = runIn(outer, () => {
    defer(() => seen.push(currentContext()))
    return every(1, () => seen.push(currentContext()))
  })
  await until(() => seen.length === 3)
  stop()
  expect(seen).toEqual([undefined, undefined, undefined])
})
