/** The same module in a browser: Chromium, with its WebGPU on the CPU. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '../..')
const browser = findChromium()
const reason = browser === undefined ? ': there is no chromium' : ''

/** Uploads a batch from shared memory, which is written again at once, and says what came to the device. */
const page = `<!doctype html>
  <script src="/node_modules/@tensorflow/tfjs/dist/tf.min.js"></script>
  <script src="/node_modules/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js"></script>
  <script type="module">
    const say = message => fetch('/said', { method: 'POST', body: JSON.stringify(message) })
    try {
      const { isWebGpuBackend, webgpuUploader } = await import('/dist/sinks/upload/webgpu.js')
      await tf.setBackend('webgpu')
      const images = new Uint8Array(new SharedArrayBuffer(64 + 147), 64)
      images.forEach((_, i) => (images[i] = i * 37))
      const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
      const uploader = webgpuUploader(tf, tf.backend())
      const xs = uploader.images({ images, shape: [1, 7, 7, 3], normalization })
      images.fill(0)
      await say({ usable: isWebGpuBackend(tf.backend()), shape: xs.shape, values: [...(await xs.data())] })
    } catch (error) {
      await say({ error: String(error.stack) })
    }
  </script>`

it.skipIf(browser === undefined)(`uploads to WebGPU in a browser${reason}`, async () => {
  const { address, said } = await serve()
  const profile = mkdtempSync(join(tmpdir(), 'millrace-browser-'))
  const options = ['--headless=new', '--no-sandbox', '--enable-unsafe-webgpu', '--enable-unsafe-swiftshader']
  const adapter = ['--use-webgpu-adapter=swiftshader', `--user-data-dir=${profile}`]
  const process = spawn(browser!, [...options, ...adapter, address], { stdio: 'ignore' })
  const exited = new Promise(resolve => process.once('exit', resolve))
  onTestFinished(async () => {
    process.kill()
    await exited
    rmSync(profile, { recursive: true, maxRetries: 10 })
  })
  const wanted = Array.from({ length: 147 }, (_, i) => {
    return (((i * 37) % 256) / 255 - [0.485, 0.456, 0.406][i % 3]!) / [0.229, 0.224, 0.225][i % 3]!
  })
  const { values = [], ...rest } = await said
  expect(rest).toEqual({ usable: true, shape: [1, 7, 7, 3] })
  expect(values.length).toBe(147)
  expect(Math.max(...wanted.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(5e-6)
})

interface Said {
  readonly values?: number[]
}

/** Serves the page and the files of the project; resolves with what the page posts. */
async function serve(): Promise<{ readonly address: string; readonly said: Promise<Said> }> {
  let hear: (said: Said) => void = () => {}
  const said = new Promise<Said>(resolve => {
    hear = resolve
  })
  const server: Server = createServer((request, response) => {
    // Shared memory asks for these.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    if (request.method === 'POST') {
      let body = ''
      request.on('data', part => (body += part)).on('end', () => hear(JSON.parse(body)))
      response.end()
    } else if (request.url === '/') response.setHeader('content-type', 'text/html').end(page)
    else if (/\.js$/.test(request.url!)) {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(join(root, request.url!)))
    } else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, said }
}

function findChromium(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name
    } catch {}
  }
  return undefined
}
