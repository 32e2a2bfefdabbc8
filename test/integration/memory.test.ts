/** Resident memory, of processes of their own. */
import { execFile } from 'node:child_process'
import { link, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { slotBytes } from '#dist/engine/slot.js'
import { writeShardSet } from '../../bench/shardSet.js'
import { temporaryFolder } from '../engine/support.js'
import { fileServer } from '../support/fileServer.js'

const MB = 1e6
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

async function json<T>(script: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args])
  return JSON.parse(stdout) as T
}

test('shards stream with a level memory, from disk and from a server', async () => {
  const shards = join(folder.path, 'shards')
  await mkdir(shards)
  await writeShardSet(shards, { shards: 2, images: 250, bytes: 1_000_000 })
  type Streamed = { readonly images: number; readonly rssMB: readonly number[] }
  const files: Record<string, Uint8Array> = {}
  for (const name of ['shard-000000.tar', 'shard-000001.tar']) {
    files[name] = await readFile(join(shards, name))
    files[`${name}.index.json`] = await readFile(join(shards, `${name}.index.json`))
  }
  const server = await fileServer(files)
  for (const place of [shards, `${server.url}/shard-{000000..000001}.tar`]) {
    const { images, rssMB } = await json<Streamed>('streamShards.js', place)
    expect(images).toBe(500)
    // What went through in between is 250 MB.
    expect(rssMB[3]! - rssMB[0]!, `${rssMB}`).toBeLessThan(100)
  }
})

test('photos of 12 megapixels take slots, and an image for each worker', async () => {
  const [large, small] = [join(folder.path, 'large'), join(folder.path, 'small')]
  for (const [dir, width, height] of [
    [large, 4000, 3000],
    [small, 240, 240]
  ] as const) {
    await mkdir(join(dir, 'a'), { recursive: true })
    const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const
    const image = sharp({ create: { width, height, channels: 3, background: 'grey', noise } })
    await image.jpeg({ quality: 80 }).toFile(join(dir, 'a', '0.jpg'))
    for (let i = 1; i < 128; i++) await link(join(dir, 'a', '0.jpg'), join(dir, 'a', `${i}.jpg`))
  }
  const [workers, depth] = [2, 2]
  const shape = { n: 64, height: 224, width: 224, channels: 3, labelWidth: 1, float: true, masks: false, mixes: false }
  const { size } = await stat(join(large, 'a', '0.jpg'))
  const most = async (dir: string): Promise<number> =>
    (await json<{ maxRss: number }>('largePhotos.js', dir, String(workers), String(depth))).maxRss
  const [base, full] = [await most(small), await most(large)]
  const slots = (depth + 3) * slotBytes(shape)
  // A thread has the pixels of its image, as bytes, and room for its file, which is at most twice as large as needed.
  const images = workers * (4000 * 3000 * 3 + 2 * size)
  expect(base, 'small photos').toBeLessThan(slots + 350 * MB)
  expect(full - base, `${base} ${full} ${images}`).toBeLessThan(images + 40 * MB)
})
