/** Noise, blur and sampling in WebAssembly give the bits of those in TypeScript. */
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Affine, affineRows } from '#dist/kernels/affine.js'
import { brightnessBy, contrastBy, hueBy, saturationBy } from '#dist/kernels/color.js'
import { displace } from '#dist/kernels/displaced.js'
import { blurBy, blurImageBy, gaussianWeights } from '#dist/kernels/gaussian.js'
import { fillNoiseBy } from '#dist/kernels/noise.js'
import { type WarpBorder, warpBy } from '#dist/kernels/warp.js'
import { wasmKernels } from '#dist/kernels/wasm/module.js'
import { blank, randomImage, rngFor } from './support.js'

const wasm = wasmKernels()!

const equalBits = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.compare(
    new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
    new Uint8Array(b.buffer, b.byteOffset, b.byteLength)
  ) === 0

const side = fc.integer({ min: 1, max: 40 })
const channels = fc.integer({ min: 1, max: 4 })

test('noise of any length and seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (length, seed) => {
      const [plain, fast] = [new Float32Array(length), new Float32Array(length)]
      fillNoiseBy(undefined, plain, seed)
      fillNoiseBy(wasm, fast, seed)
      return equalBits(plain, fast)
    })
  )
})

describe('blur', () => {
  const sigma = fc.double({ min: 0.3, max: 7, noNaN: true })

  test('planes of any size, narrower than the kernel as well', () => {
    fc.assert(
      fc.property(side, side, channels, sigma, fc.boolean(), (height, width, depth, width2, reflect) => {
        const plain = new Float32Array(height * width * depth)
        fillNoiseBy(undefined, plain, height * 41 + width)
        const fast = plain.slice()
        const half = gaussianWeights(width2)
        for (const [kernels, plane] of [
          [undefined, plain],
          [wasm, fast]
        ] as const) {
          blurBy(kernels, plane, [height, width, depth], half, reflect ? 'reflect' : 'zero')
        }
        return equalBits(plain, fast)
      })
    )
  })

  test('images of any size, to another place and in place', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 6 }), sigma, (height, width, depth, width2) => {
        const image = randomImage([height, width, depth], height * 41 + width)
        const [plain, fast] = [blank([height, width, depth]), blank([height, width, depth])]
        const half = gaussianWeights(width2)
        blurImageBy(undefined, image, half, plain)
        blurImageBy(wasm, image, half, fast)
        blurImageBy(wasm, image, half, image)
        return equalBits(plain.data, fast.data) && equalBits(plain.data, image.data)
      })
    )
  })
})

describe('bilinear sampling', () => {
  const border = fc.constantFrom<WarpBorder>('constant', 'edge', 'reflect', 'wrap')

  test('at any places, with any border', () => {
    fc.assert(
      fc.property(side, side, channels, border, side, side, (height, width, depth, beyond, outHeight, outWidth) => {
        const image = randomImage([height, width, depth], height * 41 + width)
        const rng = rngFor('places', height * 100 + outWidth)
        const places = Float64Array.from({ length: 2 * outHeight * outWidth }, (_, i) =>
          place(rng.float(), i, width, height)
        )
        const map = (y: number, xs: Float64Array, ys: Float64Array): void => {
          for (let x = 0; x < outWidth; x++) {
            xs[x] = places[2 * (y * outWidth + x)]!
            ys[x] = places[2 * (y * outWidth + x) + 1]!
          }
        }
        const fill = [9, 99, 199, 255].slice(0, depth)
        const [plain, fast] = [blank([outHeight, outWidth, depth]), blank([outHeight, outWidth, depth])]
        warpBy(undefined, image, map, { interpolation: 'bilinear', border: beyond, fill }, plain)
        warpBy(wasm, image, map, { interpolation: 'bilinear', border: beyond, fill }, fast)
        return equalBits(plain.data, fast.data)
      }),
      { numRuns: 300 }
    )
  })

  /** Within the image and around it, at whole and half pixels, far away, and nowhere. */
  function place(random: number, i: number, width: number, height: number): number {
    const size = i % 2 === 0 ? width : height
    const at = (random * 1.6 - 0.3) * size
    const kind = Math.floor(random * 1e6) % 12
    if (kind === 0) return Math.round(at)
    if (kind === 1) return Math.floor(at) + 0.5
    if (kind === 2) return Math.floor(at * 2 ** 15) / 2 ** 15
    if (kind === 3) return [Number.NaN, Number.POSITIVE_INFINITY, -1e300, 3e9][i % 4]!
    return at
  }
})

describe('places', () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true })

  test('of an affine map, and displaced ones', () => {
    fc.assert(
      fc.property(fc.tuple(number, number, number, number, number, number), side, number, (matrix, width, alpha) => {
        const at = wasm.allocate(16 * (width + 1))
        const xs = new Float64Array(at.buffer, at.byteOffset, width)
        const ys = new Float64Array(at.buffer, at.byteOffset + 8 * (width + 1), width)
        const own = wasm.allocate(4 * width)
        const field = new Float32Array(own.buffer, own.byteOffset, width)
        fillNoiseBy(undefined, field, width)
        const [plainXs, plainYs] = [new Float64Array(width), new Float64Array(width)]
        affineRows(matrix as Affine)(5, xs, ys)
        affineRows(matrix as Affine)(5, plainXs, plainYs)
        displace(xs, field, 0, alpha)
        displace(plainXs, field, 0, alpha)
        wasm.free(at)
        wasm.free(own)
        return equalBits(xs, plainXs) && equalBits(ys, plainYs)
      })
    )
  })
})

describe('colours', () => {
  const changes = { brightness: brightnessBy, contrast: contrastBy, saturation: saturationBy, hue: hueBy }
  const amount = fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0, 0.5, 1, 2))

  test.each(Object.keys(changes) as (keyof typeof changes)[])('%s, of images of any size, in place too', name => {
    const change = changes[name]
    fc.assert(
      fc.property(side, side, channels, amount, (height, width, depth, factor) => {
        const by = name === 'hue' ? (factor - 1.5) / 3 : factor
        const image = randomImage([height, width, depth], height * 41 + width)
        if (height > 3) image.data.fill(77, 0, width * depth) // without a colour
        const [plain, fast] = [blank([height, width, depth]), blank([height, width, depth])]
        change(undefined, image, by, plain)
        change(wasm, image, by, fast)
        change(wasm, image, by, image)
        return equalBits(plain.data, fast.data) && equalBits(plain.data, image.data)
      }),
      { numRuns: 200 }
    )
  })
})
