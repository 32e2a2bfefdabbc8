/** Images that are parts of larger files, on this machine and on a real web server: the bytes of the same images as files. */
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Batch,
  batch,
  describe as describeItem,
  imageFolder,
  prefetch,
  randomFlip,
  randomResizedCrop,
  type Sample,
  type SampleSource
} from 'millrace'
import { firstValueFrom, map, type Observable, take as takeFirst } from 'rxjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImageRef } from '#dist/sample.js'
import { type FileServer, fileServer, type Trouble } from '../support/fileServer.js'
import { digest, run, temporaryFolder, writePhotos } from './support.js'

const COUNT = 24
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let source: (shuffle?: boolean) => SampleSource
let shard: string
/** Where each image lies in the shard, by its key. */
const places = new Map<string, { readonly offset: number; readonly length: number }>()
let whole: Uint8Array
const files: Record<string, Uint8Array> = {}

beforeAll(async () => {
  folder = await temporaryFolder()
  await writePhotos(join(folder.path, 'photos'), COUNT)
  source = (shuffle = true) => imageFolder(join(folder.path, 'photos'), { seed: 3, shuffle })
  const pieces: Uint8Array[] = [new Uint8Array(100)]
  let offset = 100
  const keys: string[] = []
  await new Promise<void>(resolve => source(false).subscribe({ next: ({ key }) => keys.push(key), complete: resolve }))
  for (const key of keys) {
    const bytes = await readFile(join(folder.path, 'photos', key))
    files[key] = bytes
    places.set(key, { offset, length: bytes.length })
    pieces.push(bytes, new Uint8Array(512))
    offset += bytes.length + 512
  }
  whole = Buffer.concat(pieces)
  shard = join(folder.path, 'shard.bin')
  await writeFile(shard, whole)
})

afterAll(() => folder.remove())

type Placed = (key: string) => ImageRef
const inShard =
  (location: string): Placed =>
  key => ({ kind: 'range', location, ...places.get(key)! })

function plans(image?: Placed, shuffle = true) {
  const samples: Observable<Sample> = source(shuffle)
  const moved = image === undefined ? samples : samples.pipe(map(sample => ({ ...sample, image: image(sample.key) })))
  return moved.pipe(randomResizedCrop(16), randomFlip(), batch(8))
}

const serve = (trouble?: Trouble): Promise<FileServer> => fileServer({ 'shard.bin': whole, ...files }, trouble)

test('a range of a local file gives the bytes of the file alone', async () => {
  const expected = digest(await run(plans()))
  for (const workers of [0, 2]) expect(digest(await run(plans(inShard(shard)), { workers }))).toBe(expected)
})

test('ranges and files of a server give them too, in the order and out of it', async () => {
  const server = await serve()
  for (const shuffle of [true, false]) {
    const expected = digest(await run(plans(undefined, shuffle)))
    for (const workers of [0, 2]) {
      expect(digest(await run(plans(inShard(`${server.url}/shard.bin?key=1`), shuffle), { workers }))).toBe(expected)
      expect(
        digest(
          await run(
            plans(key => ({ kind: 'file', path: `${server.url}/${key}` }), shuffle),
            { workers }
          )
        )
      ).toBe(expected)
    }
  }
})

test('neighbours come in one request', async () => {
  const server = await serve()
  await run(plans(inShard(`${server.url}/shard.bin`), false), { workers: 1 })
  expect(server.asked.length).toBe(COUNT / 8)
})

test('a server that stumbles changes nothing', async () => {
  const server: FileServer = await serve((asked, response, count) => {
    if (count > 6) return false
    if (count % 3 === 1) response.writeHead(503).end()
    else if (count % 3 === 2) server.serve(asked, response, { breakAfter: 300 })
    else return false
    return true
  })
  expect(digest(await run(plans(inShard(`${server.url}/shard.bin`))))).toBe(digest(await run(plans())))
})

describe('what cannot be read is a fault of its sample', () => {
  test('a shard that was cut', async () => {
    const cut = join(folder.path, 'cut.bin')
    await writeFile(cut, whole)
    const last = [...places].at(-1)![0]
    await truncate(cut, places.get(last)!.offset + 5)
    await expect(run(plans(inShard(cut)))).rejects.toThrow(
      /cut\.bin cannot be read \(it ends at byte \d+, but the image/
    )
    const batches = await run(plans(inShard(cut)), { onFault: 'skip' })
    expect(batches.flatMap(of => of.faults.map(fault => fault.key))).toEqual([last])
  })

  test('a shard on a server that was cut: its last image alone is lost, although it came with others', async () => {
    const last = [...places].at(-1)![0]
    const server = await serve()
    server.files.set('shard.bin', whole.subarray(0, places.get(last)!.offset + 5))
    const batches = await run(plans(inShard(`${server.url}/shard.bin`), false), { onFault: 'skip', workers: 1 })
    const faults = batches.flatMap(of => of.faults)
    expect(faults.map(fault => fault.key)).toEqual([last])
    expect(faults[0]!.reason).toMatch(/has \d+ bytes, but bytes up to \d+ were expected: the file has changed/)
  })

  test('a shard that vanishes in the middle of the run, and is back', async () => {
    const there = join(folder.path, 'there.bin')
    await writeFile(there, whole)
    let seen = 0
    const moving = source(false).pipe(
      map(sample => ({ ...sample, image: inShard(there)(sample.key) })),
      randomResizedCrop(16),
      batch(8)
    )
    const keys: string[] = []
    const faults: string[] = []
    await new Promise<void>((resolve, reject) => {
      moving.pipe(prefetch(1, { workers: 1, onFault: 'skip' })).subscribe({
        next(of: Batch) {
          keys.push(...of.keys)
          faults.push(...of.faults.map(fault => fault.reason))
          of.release()
          seen++
        },
        error: reject,
        complete: resolve
      })
    })
    expect([seen, keys.length, faults]).toEqual([3, COUNT, []])
    await rename(there, `${there}.gone`)
    const gone = run(moving, { workers: 1, onFault: { action: 'skip', maxCount: 3 } })
    await expect(gone).rejects.toThrow(/4 of \d+ samples could not be made.*there\.bin does not exist/)
    await rm(`${there}.gone`)
  })

  test('a server that says no, or gives another file, or another range', async () => {
    const [first] = [...places.keys()]
    const wrong: Record<string, Trouble> = {
      'answered 404': (_, response) => !!response.writeHead(404).end(),
      'answered with bytes 0-9/': (_, response) =>
        !!response.writeHead(206, { 'content-range': `bytes 0-9/${whole.length}` }).end('0123456789'),
      'ignores range requests': (asked, response) => {
        response.writeHead(200, { 'content-length': whole.length }).end(whole)
        return asked.path !== ''
      },
      'is no PNG, JPEG': (asked, response) => {
        const [, from, to] = /(\d+)-(\d+)/.exec(asked.range!)!
        const body = Buffer.alloc(Number(to) - Number(from) + 1, 'x')
        response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${whole.length}` }).end(body)
        return true
      }
    }
    for (const [message, trouble] of Object.entries(wrong)) {
      const server = await serve(trouble)
      const failed = run(plans(inShard(`${server.url}/shard.bin?secret`)), { workers: 1 })
      await expect(failed, message).rejects.toThrow(message)
      await expect(failed).rejects.not.toThrow('secret')
    }
    expect(first).toBeDefined()
  })
})

test('a hanging server holds nobody who has left', async () => {
  let asked = (): void => {}
  const hanging = new Promise<void>(resolve => {
    asked = resolve
  })
  const server = await serve(() => {
    asked()
    return true
  })
  const gone = plans(inShard(`${server.url}/shard.bin`))
    .pipe(prefetch(2, { workers: 1 }))
    .subscribe()
  await hanging
  gone.unsubscribe()
  // The only worker is free again long before the request's time is over.
  expect(digest(await run(plans(inShard(shard)), { workers: 1 }))).toBe(digest(await run(plans())))
})

test('describe reads the header of a range', async () => {
  const server = await serve()
  for (const location of [shard, `${server.url}/shard.bin`]) {
    const [plain, range] = [plans(), plans(inShard(location))].map(of => firstValueFrom(of.pipe(takeFirst(1))))
    expect(await describeItem(await range!)).toEqual(await describeItem(await plain!))
  }
})
