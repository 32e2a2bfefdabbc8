import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { from } from 'rxjs'
import { pack } from 'tar-stream'
import { expect, test } from 'vitest'
import { gunzipFile } from '#dist/sources/platform.js'
import { readTar, scanTar } from '#dist/sources/tar.js'
import { openBytes } from '#dist/storage/openBytes.js'
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
    await expect(collect(from(cut))).rejects.toThrow('Unexpected end of data')
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

test('a size that is no number is an error, and nothing that is waited for', async () => {
  const archive = pack()
  archive.entry({ name: 'k.jpg' }, 'image')
  archive.finalize()
  const whole = Buffer.concat(await collect(from(archive as unknown as AsyncIterable<Uint8Array>)))
  whole[124] = 0xd3 // neither octal digits nor a number of 256
  whole.write('        ', 148)
  const sum = whole.subarray(0, 512).reduce((a, b) => a + b, 0)
  whole.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  await expect(collect(from(readTar(inPieces(whole, 512), () => true)))).rejects.toThrow('a size that is no number')
  const file = {
    byteLength: whole.length,
    slice: async (a: number, b?: number) => Uint8Array.from(whole.subarray(a, b)).buffer
  }
  await expect(scanTar(file, 'a.tar', () => false)).rejects.toThrow(
    /a\.tar was cut or is damaged: "k\.jpg" .*is no number/
  )
})

test('tells where files lie, with long names of every kind, and reads the headers alone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-test-'))
  try {
    const long = `${'d'.repeat(150)}/${'ü'.repeat(90)}`
    await mkdir(join(dir, long), { recursive: true })
    const files = { empty: 0, [`${long}/one`]: 1, block: 512, large: 1_000_000, more: 1300 }
    for (const [name, size] of Object.entries(files)) await writeFile(join(dir, name), bytes(size))
    for (const format of ['gnu', 'pax']) {
      const path = join(dir, `${format}.tar`)
      await promisify(execFile)('tar', ['-C', dir, `--format=${format}`, '-cf', path, ...Object.keys(files)])
      const whole = await readFile(path)
      const file = await openBytes(path)
      let read = 0
      const counted = {
        byteLength: file.byteLength,
        slice: (start: number, end?: number) => {
          read += end! - start
          return file.slice(start, end)
        }
      }
      const members = await scanTar(counted, path, name => name === 'block')
      expect(members.map(({ name, length }) => [name, length])).toEqual(Object.entries(files))
      for (const { name, offset, length } of members) {
        expect(whole.subarray(offset, offset + length).equals(bytes(files[name]!))).toBe(true)
      }
      expect(members.filter(member => member.bytes).map(({ name, bytes }) => [name, bytes])).toEqual([
        ['block', bytes(512)]
      ])
      expect(read).toBeLessThan(400_000)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, i) => i + size)

async function* inPieces(whole: Uint8Array, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}
