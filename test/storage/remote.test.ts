/** Reading from a real server on this machine that is slow, breaks off, lies or says no. */
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openBytes } from '#dist/storage/openBytes.js'
import { readAll } from '#dist/storage/readAll.js'
import { type Asked, type FileServer, fileServer } from '../support/fileServer.js'

const data = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) ^ (i >> 8))
const quick = { backoffMs: 1, retries: 3 }
const bytesOf = (buffer: ArrayBuffer): Buffer => Buffer.from(buffer)

/** A server that answers request `n` as told, and all others well. */
async function troubled(
  troubles: Readonly<Record<number, (server: FileServer, asked: Asked, response: ServerResponse) => void>>,
  every?: (server: FileServer, asked: Asked, response: ServerResponse) => void
): Promise<FileServer> {
  const server: FileServer = await fileServer({ 'a.bin': data }, (asked, response, count) => {
    const act = troubles[count] ?? every
    act?.(server, asked, response)
    return act !== undefined
  })
  return server
}

test('parts are those of the file, by the rules of slice', async () => {
  const server = await fileServer({ 'a.bin': data, empty: new Uint8Array(0) })
  const file = await openBytes(`${server.url}/a.bin`)
  expect(file.byteLength).toBe(data.length)
  for (const [start, end] of [
    [0, 1],
    [1000, 5000],
    [299_990, undefined],
    [-10, undefined],
    [5, 5],
    [9, 3],
    [0, 1e9]
  ] as const) {
    expect(bytesOf(await file.slice(start, end)).equals(data.slice(start, end))).toBe(true)
  }
  expect((await openBytes(`${server.url}/empty`)).byteLength).toBe(0)
  expect(await readAll(`${server.url}/empty`)).toHaveLength(0)
  expect(server.asked.map(asked => asked.range)).toContain('bytes=1000-4999')
})

describe('what may pass is tried again', () => {
  test.each([408, 429, 500, 502, 503, 504])('the status %i', async status => {
    const server = await troubled({ 1: (_, __, response) => response.writeHead(status).end('sorry') })
    expect((await openBytes(`${server.url}/a.bin`, quick)).byteLength).toBe(data.length)
    expect(server.asked).toHaveLength(2)
  })

  test('but not without end, and the message tells what happened', async () => {
    const server = await troubled({}, (_, __, response) => response.writeHead(500).end())
    await expect(openBytes(`${server.url}/a.bin`, quick)).rejects.toThrow(
      `${server.url}/a.bin could not be read; tried 4 times, and the last time it answered 500.`
    )
    expect(server.asked).toHaveLength(4)
  })

  test('a server that is not there', async () => {
    await expect(openBytes('http://127.0.0.1:1/a.bin', quick)).rejects.toThrow(/tried 4 times.*ECONNREFUSED|bad port/)
  })

  test.each([
    { 'retry-after': '1' },
    { 'retry-after': 'Sun, 06 Nov 1994 08:49:38 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' }
  ])('the wait is as long as %o says', async headers => {
    const server = await troubled({ 1: (_, __, response) => response.writeHead(503, headers).end() })
    const before = performance.now()
    await openBytes(`${server.url}/a.bin`, quick)
    expect(performance.now() - before).toBeGreaterThan(990) // a wait cannot end early; how late does not matter
  })

  test('a connection that breaks goes on with the next byte', async () => {
    const broken = (server: FileServer, asked: Asked, response: ServerResponse) =>
      server.serve(asked, response, { breakAfter: 100_000 })
    const server = await troubled({ 2: broken, 3: broken })
    const file = await openBytes(`${server.url}/a.bin`, quick)
    expect(bytesOf(await file.slice(10, 290_000)).equals(data.slice(10, 290_000))).toBe(true)
    const starts = server.asked.slice(1).map(({ range }) => Number(/=(\d+)-/.exec(range!)![1]))
    expect(starts[0]).toBe(10)
    expect(starts[1]).toBeGreaterThan(10)
    expect(starts[2]).toBeGreaterThan(starts[1]!)
    expect(server.asked).toHaveLength(4)
  })

  test('whole files go on too', async () => {
    const server = await troubled({
      1: (server, asked, response) => server.serve(asked, response, { breakAfter: 70_000 })
    })
    expect(Buffer.from(await readAll(`${server.url}/a.bin`, quick)).equals(data)).toBe(true)
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
  })

  test('breaking off for ever is not waited for', async () => {
    const server = await troubled({}, (server, asked, response) =>
      asked.range === 'bytes=0-0' ? server.serve(asked, response) : server.serve(asked, response, { breakAfter: 3 })
    )
    const file = await openBytes(`${server.url}/a.bin`, quick)
    await expect(file.slice(0, 1000)).rejects.toThrow('tried 4 times')
  })
})

describe('a server that hangs', () => {
  const late = { ...quick, retries: 1, timeoutMs: 50 }

  test('before it answers', async () => {
    const server = await troubled({}, () => {})
    await expect(openBytes(`${server.url}/a.bin`, late)).rejects.toThrow('less than a kilobyte, within 50 ms')
    expect(server.asked).toHaveLength(2)
  })

  test('within the body, even where a few bytes come now and then', async () => {
    const timers: NodeJS.Timeout[] = []
    const drip = (_: FileServer, __: Asked, response: ServerResponse): void => {
      response.writeHead(206, { 'content-range': `bytes 0-99999/${data.length}`, 'content-length': 100_000 })
      timers.push(setInterval(() => response.write('x'), 10))
    }
    const server = await troubled({}, (server, asked, response) =>
      asked.range === 'bytes=0-0' ? server.serve(asked, response) : drip(server, asked, response)
    )
    const file = await openBytes(`${server.url}/a.bin`, { ...late, retries: 0 })
    await expect(file.slice(0, 100_000)).rejects.toThrow('within 50 ms')
    for (const timer of timers) clearInterval(timer)
  })

  test('once, and is well again', async () => {
    const server = await troubled({ 1: () => {} })
    expect((await openBytes(`${server.url}/a.bin`, late)).byteLength).toBe(data.length)
  })

  test('is left by an abort signal, also while it is waited for the next try', async () => {
    const control = new AbortController()
    const server = await troubled({}, () => control.abort(new Error('enough')))
    await expect(openBytes(`${server.url}/a.bin`, { signal: control.signal })).rejects.toThrow('enough')
    const other = new AbortController()
    const busy = await troubled({}, (_, __, response) => {
      response.writeHead(503, { 'retry-after': '60' }).end(() => setImmediate(() => other.abort(new Error('enough'))))
    })
    await expect(openBytes(`${busy.url}/a.bin`, { signal: other.signal })).rejects.toThrow('enough')
    await expect(openBytes(`${busy.url}/a.bin`, { signal: other.signal })).rejects.toThrow('enough')
  })
})

describe('what stays is refused at once', () => {
  test.each([
    [404, 'answered 404: there is no such file.'],
    [403, 'answered 403: access is denied, or a presigned URL has run out.'],
    [418, 'answered 418.']
  ])('the status %i', async (status, message) => {
    const server = await troubled({}, (_, __, response) => response.writeHead(status).end())
    await expect(openBytes(`${server.url}/a.bin`, quick)).rejects.toThrow(message)
    await expect(readAll(`${server.url}/a.bin`, quick)).rejects.toThrow(message)
    expect(server.asked).toHaveLength(2)
  })

  test.each([
    ['another start', 'bytes 5-104/300000'],
    ['a later end', 'bytes 0-300/300000'],
    ['an end behind the file', 'bytes 0-99/50'],
    ['no range', undefined],
    ['nonsense', 'bytes 0-99999999999999999999/3e5'],
    ['an empty range', 'bytes 0--1/300000']
  ])('a part with %s', async (_, range) => {
    const server = await troubled({}, (server, asked, response) => {
      if (asked.range === 'bytes=0-0') return server.serve(asked, response)
      response.writeHead(206, range === undefined ? {} : { 'content-range': range }).end(data.subarray(0, 100))
    })
    const file = await openBytes(`${server.url}/a.bin`, quick)
    await expect(file.slice(0, 100)).rejects.toThrow(
      `was asked for bytes 0-99, and answered with ${range ?? 'no range'}`
    )
    expect(server.asked).toHaveLength(2)
  })

  test('a part with more bytes than it says', async () => {
    const server = await troubled({}, (server, asked, response) => {
      if (asked.range === 'bytes=0-0') return server.serve(asked, response)
      response.writeHead(206, { 'content-range': 'bytes 0-99/300000' }).end(data.subarray(0, 200))
    })
    const file = await openBytes(`${server.url}/a.bin`, quick)
    await expect(file.slice(0, 100)).rejects.toThrow('sent more bytes than it said')
  })

  test('a file that changes', async () => {
    const server = await troubled({
      2: (server, asked, response) => server.serve(asked, response, { etag: '"other"' })
    })
    const file = await openBytes(`${server.url}/a.bin`, quick)
    await expect(file.slice(0, 100)).rejects.toThrow('changed while it was being read')
    server.files.set('a.bin', data.subarray(0, 1000))
    await expect(file.slice(0, 100)).rejects.toThrow('changed while it was being read')
    await expect(file.slice(2000, 2100)).rejects.toThrow('changed while it was being read')
  })

  test('a whole file that changes while it comes', async () => {
    const server = await troubled({
      1: (server, asked, response) => server.serve(asked, response, { breakAfter: 70_000 }),
      2: (server, asked, response) => server.serve(asked, response, { etag: '"other"' })
    })
    await expect(readAll(`${server.url}/a.bin`, quick)).rejects.toThrow('changed while it was being read')
  })
})

describe('a server that ignores range requests', () => {
  const whole = (server: FileServer, asked: Asked, response: ServerResponse) =>
    server.serve(asked, response, { ignoreRange: true })

  test('is asked once, and its file kept', async () => {
    const server = await troubled({}, whole)
    const file = await openBytes(`${server.url}/a.bin`, quick)
    expect(bytesOf(await file.slice(7, 70_000)).equals(data.slice(7, 70_000))).toBe(true)
    expect(bytesOf(await file.slice(-3)).equals(data.slice(-3))).toBe(true)
    expect(server.asked).toHaveLength(1)
  })

  test('is refused where the file is large', async () => {
    const server = await troubled({}, whole)
    await expect(openBytes(`${server.url}/a.bin`, { ...quick, maxWholeBytes: 1000 })).rejects.toThrow(
      'a.bin ignores range requests, and has more than the 1000 bytes that are taken into memory at once.'
    )
  })

  test('and gives no length is refused once too much has come', async () => {
    const endless = (_: FileServer, __: Asked, response: ServerResponse): void => {
      const more = (): void => {
        while (!response.destroyed && response.write(data));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    }
    const server = await troubled({}, endless)
    await expect(openBytes(`${server.url}/a.bin`, quick)).rejects.toThrow('ignores range requests')
    await expect(readAll(`${server.url}/a.bin`, { ...quick, maxBytes: 1e6 })).rejects.toThrow(
      'more than the 1000000 bytes'
    )
  })
})

test('presigned URLs work, and nothing tells their secrets', async () => {
  const server = await troubled({ 3: (_, __, response) => response.writeHead(403).end() })
  const url = `${server.url.replace('//', '//user:pass%20word@')}/a.bin?X-Signature=secret#part`
  const file = await openBytes(url, quick)
  await file.slice(0, 10)
  expect(server.asked[1]!.path).toBe('/a.bin?X-Signature=secret')
  expect(server.asked[1]!.headers.authorization).toBe(`Basic ${Buffer.from('user:pass word').toString('base64')}`)
  const failed: unknown = await file.slice(0, 10).catch((error: unknown) => error)
  expect(String(failed)).toContain(`${server.url}/a.bin?… answered 403`)
  const broken: unknown = await openBytes('https://user:word@:secret/?secret').catch((error: unknown) => error)
  for (const error of [failed, broken]) {
    expect(`${error}${JSON.stringify(error)}${(error as Error).stack}${(error as Error).cause}`).not.toMatch(
      /secret|word/
    )
  }
})
