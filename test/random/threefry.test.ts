import { expect, test } from 'vitest'
import { threefry4x32 } from '#dist/random/threefry.js'

type Words = [number, number, number, number]

const PI_COUNTER: Words = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]
const PI_KEY: Words = [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89]
const ONES: Words = [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]

// The known answers that Random123 publishes for threefry4x32 with 20 rounds.
test.each<[string, Words, Words, string]>([
  ['zeros', [0, 0, 0, 0], [0, 0, 0, 0], '9c6ca96a e17eae66 fc10ecd4 5256a7d8'],
  ['ones', ONES, ONES, '2a881696 57012287 f6c7446e a16a6732'],
  ['digits of pi', PI_COUNTER, PI_KEY, '59cd1dbb b8879579 86b5d00c ac8b6d84']
])('known answer: %s', (_, counter, key, answer) => {
  const out = new Uint32Array(4)
  threefry4x32(out, ...counter, ...key)
  expect(hex(out)).toBe(answer)
})

test('signed words and an Int32Array give the same bits', () => {
  const signed = (words: Words) => words.map(word => word | 0) as Words
  const out = new Int32Array(4)
  threefry4x32(out, ...signed(PI_COUNTER), ...signed(PI_KEY))
  expect(hex(new Uint32Array(out.buffer))).toBe('59cd1dbb b8879579 86b5d00c ac8b6d84')
})

function hex(words: Uint32Array): string {
  return Array.from(words, word => word.toString(16).padStart(8, '0')).join(' ')
}
