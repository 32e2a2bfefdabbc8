import { expect, test } from 'vitest'
import { currentContext, runIn } from '#dist/flow/context.js'
import { indexed } from '#dist/sources/indexed.js'
import { iterable } from '#dist/sources/iterable.js'
import { collect } from './collect.js'

const wants = { format: 'uint8' } as const
const item = { image: 'a.jpg', label: 0 }

test('code of users runs outside of the pipeline that asks for its items', async () => {
  const seen: unknown[] = []
  const at = (): typeof item => {
    seen.push(currentContext())
    return item
  }
  async function* items() {
    seen.push(currentContext())
    yield at()
    yield at()
  }
  await runIn({ wants }, async () => {
    expect(currentContext()).toEqual({ wants })
    await collect(indexed({ size: 2, at }))
    await collect(indexed({ size: 2, at: async () => at() }))
    await collect(iterable(items))
  })
  expect(seen).toEqual(new Array(7).fill(undefined))
})
