// Decodes the files that it was started with, from memory, when told to.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const turbo = createRequire(import.meta.url)('@julusian/jpeg-turbo')
const files = workerData.map(file => readFileSync(file))
const out = Buffer.alloc(64 << 20)
const decode = file => turbo.decompressSync(file, out, { format: turbo.FORMAT_RGB })

for (const file of files.slice(0, 20)) decode(file)
parentPort.on('message', () => {
  for (const file of files) decode(file)
  parentPort.postMessage('done')
})
parentPort.postMessage('ready')
