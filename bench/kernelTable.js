import { runCase } from './runCase.js'

/** Prints what the kernels take, in WebAssembly and in TypeScript, on one thread. */
export async function printKernels({ dir, ms }) {
  console.log('\nKernels on one thread, images of 3 channels')
  const [large, small] = [await runCase('kernels', { size: 224, ms }), await runCase('kernels', { size: 32, ms })]
  const rows = large.map(({ name, fast, plain }, i) => [
    name,
    {
      'µs at 224': Math.round(fast),
      'TypeScript takes': times(plain / fast),
      'µs at 32': small[i].fast.toFixed(1),
      'TypeScript takes, at 32': times(small[i].plain / small[i].fast)
    }
  ])
  console.table(Object.fromEntries(rows))
  for (const size of dir === undefined ? [] : [224, 32]) {
    const { perSecond, ofDecoding, error } = await runCase('elastic', { dir, size, ms })
    const text =
      error ?? `${Math.round(perSecond)} images a second, ${ofDecoding.toFixed(2)} times the decoding of photos`
    console.log(`Elastic distortion at ${size}, σ 4 to 6: ${text}`)
  }
  const { toFloats, toBytes, cutMix } = await runCase('mixing', { ms })
  console.log(
    `Batches of 64×224×224×3 a second: ${Math.round(toFloats)} by mixUp from bytes to normalised floats, ` +
      `${Math.round(toBytes)} by mixUp of bytes, ${Math.round(cutMix)} by cutMix of bytes`
  )
}

function times(ratio) {
  return `${ratio.toFixed(1)} times that`
}
