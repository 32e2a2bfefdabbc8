// Streams a synthetic shard set of SIZE gigabytes from disk and from a web server: node bench/memory.js [SIZE]
import { execFileSync, spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeShardSet } from './shardSet.js'

const gigabytes = Number(process.argv[2] ?? 10)
const folder = mkdtempSync(join(tmpdir(), 'millrace-memory-'))
try {
  await writeShardSet(folder, { shards: gigabytes, images: 1000, bytes: 1_000_000 })
  console.log(`${gigabytes} GB from disk: ${execFileSync('node', ['bench/streamShards.js', folder])}`)
  const server = createServer((request, response) => {
    const path = join(folder, request.url)
    if (!request.url.startsWith('/shard-')) return void response.writeHead(404).end()
    const { size } = statSync(path)
    const [, from = 0, to = size - 1] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const [start, end] = [Number(from), Math.min(size - 1, Number(to))]
    const range = request.headers.range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}
    response.writeHead(request.headers.range ? 206 : 200, { 'content-length': end - start + 1, ...range })
    createReadStream(path, { start, end }).pipe(response)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const last = String(gigabytes - 1).padStart(6, '0')
  const url = `http://127.0.0.1:${server.address().port}/shard-{000000..${last}}.tar`
  const child = spawn('node', ['bench/streamShards.js', url], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.on('data', text => process.stdout.write(`${gigabytes} GB from a web server: ${text}`))
  await new Promise(resolve => child.on('exit', resolve))
  server.close()
  server.closeAllConnections()
} finally {
  rmSync(folder, { recursive: true })
}
