import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { formatIndex, parseIndex, type ShardIndex, scanShard } from '#dist/sources/shardIndex.js'
import { damaged, fuzz } from './support.js'

/** Archives of the system's tar, in its formats. */
const archives = ['ustar', 'gnu', 'pax'].map(format => {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-fuzz-'))
  try {
    const long = format === 'ustar' ? 'cat' : `cat/${'x'.repeat(120)}`
    mkdirSync(join(dir, long), { recursive: true })
    writeFileSync(join(dir, long, 'tom.jpg'), 'an image')
    writeFileSync(join(dir, long, 'tom.json'), '{"label": 1}')
    writeFileSync(join(dir, 'a.png'), 'another image'.repeat(50))
    writeFileSync(join(dir, 'a.cls'), '0')
    const names = ['a.png', 'a.cls', `${long}/tom.jpg`, `${long}/tom.json`]
    execFileSync('tar', ['-C', dir, `--format=${format}`, '-b', '1', '-cf', join(dir, 'all.tar'), ...names])
    return new Uint8Array(readFileSync(join(dir, 'all.tar')))
  } finally {
    rmSync(dir, { recursive: true })
  }
})

/** Puts the checksums of headers right again, so that what was changed in them is looked at. */
function summed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    if (Buffer.from(copy.subarray(at + 257, at + 262)).toString('latin1') !== 'ustar') continue
    copy.fill(32, at + 148, at + 156)
    const sum = copy.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
    copy.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), at + 148)
  }
  return copy
}

function checkIndex({ bytes, samples }: ShardIndex): void {
  for (const { key, image, mask, label } of samples) {
    for (const [offset, length] of [image, ...(mask ? [mask] : [])]) {
      expect(Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= bytes).toBe(true)
    }
    expect(key).not.toMatch(/(^|\/)\.\.(\/|$)|^\/|\0/)
    expect(['number', 'string', 'object']).toContain(typeof label)
  }
}

async function scan(bytes: Uint8Array): Promise<ShardIndex> {
  let read = 0
  const index = await scanShard(
    {
      byteLength: bytes.length,
      async slice(start: number, end = bytes.length) {
        read++
        expect(read).toBeLessThan(1000)
        return bytes.buffer.slice(
          bytes.byteOffset + start,
          bytes.byteOffset + Math.min(end, bytes.length)
        ) as ArrayBuffer
      }
    },
    'fuzz.tar',
    undefined
  )
  checkIndex(index)
  return index
}

const tars = fc.tuple(damaged(archives), fc.boolean()).map(([bytes, whole]) => (whole ? summed(bytes) : bytes))
fuzz('a tar archive ends in samples within it, or in an error', tars, async bytes => void (await scan(bytes)))

const good = formatIndex({ ...(await scan(archives[2]!)), classes: ['cat', 'dog'] })
/** Anything, and places that may be right or wrong. */
const values = fc.oneof(fc.jsonValue(), fc.nat(5000), fc.tuple(fc.nat(5000), fc.nat(5000)))
const texts = fc.oneof(
  { arbitrary: damaged([Buffer.from(good)]).map(bytes => Buffer.from(bytes).toString()), weight: 2 },
  // Well-formed, with anything in the place of one part.
  {
    arbitrary: fc
      .tuple(fc.constantFrom('bytes', 'classes', 'samples', 'format', 0, 1, 2, 3, 'none'), values)
      .map(([part, value]) => {
        const index = JSON.parse(good) as Record<string, unknown> & { samples: unknown[][] }
        if (typeof part === 'number') index.samples[0]![part] = value
        else if (part !== 'none') index[part] = value
        return JSON.stringify(index)
      }),
    weight: 1
  },
  { arbitrary: fc.json(), weight: 1 }
)
fuzz('the index of a shard ends in samples within it, or in an error', texts, text =>
  checkIndex(parseIndex(text, 'fuzz.tar.index.json'))
)
