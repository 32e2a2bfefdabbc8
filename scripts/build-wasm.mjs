// Compiles src/kernels/wasm/assembly to WebAssembly with SIMD, and writes it as a module of TypeScript: so it needs no
// file to be found at run time, here, in a bundle or in a browser.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('../src/kernels/wasm/', import.meta.url))
const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '32768']
const options = ['-O3', '--runtime', 'stub', '--enable', 'simd,threads', '--noAssert', ...memory]

let binary
const { error, stderr } = await asc.main(
  ['assembly/index.ts', '--baseDir', root, '--outFile', 'kernels.wasm', ...options],
  {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    }
  }
)
if (error !== null) {
  console.error(stderr.toString())
  throw error
}
const lines = [
  '/** Made by scripts/build-wasm.mjs. */',
  `export const base64: string = '${Buffer.from(binary).toString('base64')}'`
]
writeFileSync(`${root}binary.ts`, `${lines.join('\n')}\n`)
