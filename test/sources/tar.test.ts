import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { from } from 'rxjs'
import { expect, test } from 'vitest'
import { gunzipFile } from '#dist/sources/platform.js'
import { readTar } from '#dist/sources/tar.js'
import { collect } from './collect.js'

test('reads an archive of the system`s tar, in pieces of any size', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  try {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`
    await mkdir(join(dir, long), { recursive: true })
    const files = { empty: 0, [`${long}/one`]: 1, block: 512, skipped: 700, more: 1300 }
    for (const [name, size] of Object.entries(files)) await writeFile(join(dir, name), bytes(size))
    const names = Object.keys(files)
    await promisify(execFile)('tar', ['-C', dir, '--format=ustar', '-czf', join(dir, 'all.tgz'), ...names])
    const whole = Buffer.concat(await collect(from(gunzipFile(join(dir, 'all.tgz')))))
    for (const piece of [7, 512, whole.length]) {
      const entries = await collect(from(readTar(inPieces(whole, piece), name => name !== 'skipped')))
      expect(entries.map(entry => entry.name)).toEqual(names.filter(name => name !== 'skipped'))
      for (const entry of entries) expect(Buffer.compare(entry.bytes, bytes(files[entry.name]!))).toBe(0)
    }
    const cut = readTar(inPieces(whole.subarray(0, 2100), 100), () => true)
    await expect(collect(from(cut))).rejects.toThrow('the archive ends within')
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, i) => i + size)

async function* inPieces(whole: Uint8Array, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}
