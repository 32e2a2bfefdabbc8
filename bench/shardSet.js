// A shard set of any size that takes little room on disk: small JPEGs in large sparse files.
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { pack } from 'tar-stream'

/** Writes `shards` archives of `images` images, each of `bytes` bytes, with indices. */
export async function writeShardSet(folder, { shards, images, bytes }) {
  const raw = { width: 64, height: 64, channels: 3 }
  const jpeg = await sharp(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7) % 250),
    { raw }
  )
    .jpeg()
    .toBuffer()
  for (let shard = 0; shard < shards; shard++) {
    const path = join(folder, `shard-${String(shard).padStart(6, '0')}.tar`)
    const file = openSync(path, 'w')
    const samples = []
    let at = 0
    for (let i = 0; i < images; i++) {
      const key = `${shard}/${i}`
      writeSync(file, await headerOf(`${key}.jpg`, bytes), 0, 512, at)
      writeSync(file, jpeg, 0, jpeg.length, at + 512)
      samples.push([key, i % 10, [at + 512, bytes]])
      at += 512 + Math.ceil(bytes / 512) * 512
    }
    ftruncateSync(file, at + 1024)
    closeSync(file)
    const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`)
    writeFileSync(
      `${path}.index.json`,
      JSON.stringify({ format: 'millrace shard index 1', bytes: at + 1024, classes, samples })
    )
  }
}

async function headerOf(name, size) {
  const archive = pack()
  archive.entry({ name, size, mtime: new Date(0) })
  for await (const piece of archive) return piece
  throw new Error('no header')
}
