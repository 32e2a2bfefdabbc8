/** The only module of the sinks that knows files and PNG. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Picture } from './picture.js'

let written = 0

/** Writes a PNG whole or not at all: readers never see half a file. Missing folders are made. */
export async function writePng(path: string | URL, { data, width, height }: Picture): Promise<void> {
  const { default: sharp } = await import('sharp')
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  const target = typeof path === 'string' ? path : fileURLToPath(path)
  const draft = `${target}.${process.pid}.${written++}.tmp`
  await mkdir(dirname(target), { recursive: true })
  try {
    await writeFile(draft, png)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
