/** A real web server on this machine that gives parts of files, and misbehaves where it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** One request as it came. */
export interface Asked {
  readonly path: string
  readonly range: string | undefined
  readonly headers: IncomingMessage['headers']
}

/** What a server does instead of answering well; `false` where it does answer well. */
export type Trouble = (asked: Asked, response: ServerResponse, count: number) => boolean

export interface FileServer {
  readonly url: string
  readonly asked: Asked[]
  readonly files: Map<string, Uint8Array>
  /** Answers `request` well. */
  serve(asked: Asked, response: ServerResponse, options?: ServeOptions): void
}

export interface ServeOptions {
  readonly etag?: string | undefined
  /** Breaks the connection after so many bytes of the body. */
  readonly breakAfter?: number | undefined
  readonly ignoreRange?: boolean | undefined
}

/** Starts a server of these files, which ends with the test. */
export async function fileServer(
  files: Readonly<Record<string, Uint8Array>>,
  trouble: Trouble = () => false
): Promise<FileServer> {
  const asked: Asked[] = []
  const kept = new Map(Object.entries(files))
  const serve = (request: Asked, response: ServerResponse, options: ServeOptions = {}): void => {
    const file = kept.get(decodeURIComponent(request.path.slice(1).split('?')[0]!))
    if (file === undefined) return void response.writeHead(404).end('no such file')
    const { etag = `"${file.length}"`, breakAfter, ignoreRange = false } = options
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.range ?? '') ?? []
    const start = Number(from ?? 0)
    const end = to === undefined || to === '' ? file.length : Math.min(file.length, Number(to) + 1)
    const isPart = from !== undefined && !ignoreRange
    if (isPart && start >= file.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end()
    }
    const body = isPart ? file.subarray(start, end) : file
    const range = isPart ? { 'content-range': `bytes ${start}-${end - 1}/${file.length}` } : {}
    response.writeHead(isPart ? 206 : 200, { 'content-length': body.length, etag, ...range })
    if (breakAfter === undefined || breakAfter >= body.length) return void response.end(body)
    response.write(body.subarray(0, breakAfter), () => setImmediate(() => response.destroy()))
  }
  const server = createServer((request, response) => {
    const one = { path: request.url ?? '', range: request.headers.range, headers: request.headers }
    asked.push(one)
    if (!trouble(one, response, asked.length)) serve(one, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked, files: kept, serve }
}
