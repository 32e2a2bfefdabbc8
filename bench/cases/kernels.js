// Each kernel by itself, on one thread: in WebAssembly, in TypeScript, and beside the decoding of a photo.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { blendImages } from '#dist/kernels/blend.js'
import { brightnessBy, contrastBy, hueBy, saturationBy } from '#dist/kernels/color.js'
import { cropBy } from '#dist/kernels/crop.js'
import { cutMixStep } from '#dist/kernels/cutMix.js'
import { elasticDistortionStep } from '#dist/kernels/elasticDistortion.js'
import { blurImageBy, gaussianWeights } from '#dist/kernels/gaussian.js'
import { Region } from '#dist/kernels/memory.js'
import { fillNoiseBy } from '#dist/kernels/noise.js'
import { imageNet, PERIOD, scalingOf } from '#dist/kernels/normalize.js'
import { flipColumnsBy } from '#dist/kernels/randomFlip.js'
import { resampleBy } from '#dist/kernels/resample.js'
import { warpBy } from '#dist/kernels/warp.js'
import { fixedMemory, kernelsOn, wasmKernels } from '#dist/kernels/wasm/module.js'
import { jpegFiles } from '../files.js'

const BATCH = 64

/** Microseconds of each kernel: `{ name, fast, plain }`, where `plain` is the same in TypeScript. */
export function kernels({ size, ms }) {
  const image = imageOf(size)
  const out = imageOf(size)
  const large = imageOf(Math.round(1.4 * size))
  const whole = { left: 0, top: 0, width: large.width, height: large.height }
  const noise = new Float32Array(2 * size * size)
  const half = gaussianWeights(1.5)
  const fill = [0, 0, 0]
  const turn = (y, xs, ys) => {
    for (let x = 0; x < xs.length; x++) {
      xs[x] = 0.98 * x - 0.17 * y + 0.1 * size
      ys[x] = 0.17 * x + 0.98 * y - 0.05 * size
    }
  }
  const warped = { interpolation: 'bilinear', border: 'reflect', fill }
  const all = {
    'resize, antialiased': wasm => resampleBy(wasm, large, whole, out),
    crop: wasm => cropBy(wasm, image, -4, 4, 'constant', fill, out),
    flip: wasm => flipColumnsBy(wasm, image, out),
    'warp, bilinear': wasm => warpBy(wasm, image, turn, warped, out),
    'Gaussian blur, σ 1.5': wasm => blurImageBy(wasm, image, half, out),
    'noise, two planes': wasm => fillNoiseBy(wasm, noise, 7),
    brightness: wasm => brightnessBy(wasm, image, 1.2, out),
    contrast: wasm => contrastBy(wasm, image, 1.2, out),
    saturation: wasm => saturationBy(wasm, image, 1.2, out),
    hue: wasm => hueBy(wasm, image, 0.1, out)
  }
  return Object.entries(all).map(([name, run]) => {
    const [fast, plain] = alternate([() => run(wasmKernels()), () => run(undefined)], ms)
    return { name, fast, plain }
  })
}

/** Elastic distortion beside decoding: images a second of each, and their ratio. */
export function elastic({ dir, size, ms }) {
  const [image, out] = [imageOf(size), imageOf(size)]
  const turbo = createRequire(import.meta.url)('@julusian/jpeg-turbo')
  const files = jpegFiles(dir).map(file => readFileSync(file))
  const pixels = Buffer.alloc(64 << 20)
  let seed = 0
  const params = { alpha: 34, blurBorder: 'reflect', matrix: [1, 0, 0, 0, 1, 0], interpolation: 'bilinear' }
  const bend = () => {
    seed++
    const of = { ...params, seed, sigma: 4 + (Math.floor(seed / 100) % 3), border: 'reflect', fill: [0, 0, 0] }
    elasticDistortionStep.apply(image, of, out, [])
  }
  const decode = () => turbo.decompressSync(files[seed++ % files.length], pixels, { format: turbo.FORMAT_RGB })
  const [decoding, bending] = alternate([decode, bend], ms)
  return { perSecond: 1e6 / bending, ofDecoding: decoding / bending }
}

/** Batches of 64×224×224×3 a second, on one core. */
export function mixing({ ms }) {
  const size = 224 * 224 * 3
  const memory = fixedMemory(6 * BATCH * size)
  const scaling = scalingOf(imageNet, 3)
  const place = new Float32Array(memory.buffer, 0, 2 * PERIOD)
  place.set(scaling.scale)
  place.set(scaling.offset, PERIOD)
  const images = new Uint8Array(memory.buffer, 256, BATCH * size)
  const batch = {
    shape: [BATCH, 224, 224, 3],
    labels: new Float32Array(BATCH * 10),
    labelWidth: 10,
    spare: new Uint8Array(memory.buffer, 256 + BATCH * size, size),
    wasm: kernelsOn(memory)
  }
  const floats = {
    images: new Float32Array(memory.buffer, 256 + (BATCH + 1) * size, BATCH * size),
    scaling: { channels: 3, scale: place.subarray(0, PERIOD), offset: place.subarray(PERIOD) }
  }
  const partners = Array.from({ length: BATCH }, (_, i) => BATCH - 1 - i)
  const box = { top: 50, left: 40, height: 120, width: 130 }
  const cuts = [{ box, weights: [0.7, 0.3] }]
  const [toFloats, toBytes, cutMix] = alternate(
    [
      () => blendImages({ ...batch, images, floats }, partners, () => 0.3),
      () => blendImages({ ...batch, images }, partners, () => 0.3),
      () => cutMixStep.apply({ ...batch, images }, { cuts, partners })
    ],
    ms
  )
  return { toFloats: 1e6 / toFloats, toBytes: 1e6 / toBytes, cutMix: 1e6 / cutMix }
}

const regions = []

function imageOf(size) {
  const region = new Region()
  regions.push(region)
  const data = region.take(size * size * 3)
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919) >> 3
  return { data, width: size, height: size, channels: 3 }
}

/** Median microseconds of each, in turns of `ms` milliseconds, after a turn that counts for nothing. */
function alternate(runs, ms, turns = 5) {
  const times = runs.map(() => [])
  for (let turn = 0; turn <= turns; turn++) {
    for (const [i, run] of runs.entries()) {
      const start = performance.now()
      let count = 0
      while (performance.now() - start < ms) {
        run()
        count++
      }
      if (turn > 0) times[i].push(((performance.now() - start) * 1000) / count)
    }
  }
  return times.map(of => of.sort((a, b) => a - b)[turns >> 1])
}
