/** The kernels in WebAssembly give the bytes of those in TypeScript. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cropBy } from '#dist/kernels/crop.js'
import { coverRectangles } from '#dist/kernels/fill.js'
import { Region } from '#dist/kernels/memory.js'
import { flipColumnsBy } from '#dist/kernels/randomFlip.js'
import { resampleBy } from '#dist/kernels/resample.js'
import { wasmKernels } from '#dist/kernels/wasm/module.js'
import { blank, randomImage } from './support.js'

const wasm = wasmKernels()

test('there is WebAssembly with SIMD here, so that the rest means something', () => {
  expect(wasm).toBeDefined()
})

describe('resample', () => {
  const side = fc.integer({ min: 1, max: 70 })
  const part = fc.double({ min: 0, max: 1, noNaN: true })

  test('any part of any image to any size', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: side,
          width: side,
          channels: fc.integer({ min: 1, max: 4 }),
          outHeight: side,
          outWidth: side
        }),
        fc.tuple(part, part, part, part),
        fc.boolean(),
        ({ height, width, channels, outHeight, outWidth }, [x1, y1, x2, y2], whole) => {
          const image = randomImage([height, width, channels], height * 71 + width)
          const [left, right] = [Math.min(x1, x2) * (width - 1), 1 + Math.max(x1, x2) * (width - 1)]
          const [top, bottom] = [Math.min(y1, y2) * (height - 1), 1 + Math.max(y1, y2) * (height - 1)]
          const box = whole
            ? { left: 0, top: 0, width, height }
            : { left, top, width: right - left, height: bottom - top }
          const results = [undefined, wasm].map(kernels => {
            const out = blank([outHeight, outWidth, channels], 99)
            resampleBy(kernels, image, box, out)
            return out
          })
          expect(results[1]).toEqual(results[0])
        }
      ),
      { numRuns: 150, seed: 7 }
    )
  })

  test('every small size to every small size', () => {
    for (let size = 1; size <= 20; size++) {
      for (let outSize = 1; outSize <= 9; outSize++) {
        for (const channels of [1, 3, 4]) {
          const image = randomImage([3, size, channels], 20 * size + outSize)
          const [plain, fast] = [blank([3, outSize, channels]), blank([3, outSize, channels])]
          const box = { left: 0, top: 0, width: size, height: 3 }
          resampleBy(undefined, image, box, plain)
          resampleBy(wasm, image, box, fast)
          expect(fast, `${size} to ${outSize}, ${channels} channels`).toEqual(plain)
        }
      }
    }
  })

  test('memory that grows between calls', () => {
    for (const size of [8, 300, 9, 700, 10]) {
      const image = randomImage([size, size + 1, 3], size)
      const box = { left: 0, top: 0, width: size + 1, height: size }
      const [plain, fast] = [blank([5, 7, 3]), blank([5, 7, 3])]
      resampleBy(undefined, image, box, plain)
      resampleBy(wasm, image, box, fast)
      expect(fast).toEqual(plain)
    }
  })

  test('pixels in shared memory', () => {
    const image = randomImage([33, 20, 3], 5)
    const data = new Uint8Array(new SharedArrayBuffer(image.data.length))
    data.set(image.data)
    const out = { ...blank([9, 9, 3]), data: new Uint8Array(new SharedArrayBuffer(243)) }
    const plain = blank([9, 9, 3])
    const box = { left: 1.5, top: 2, width: 17, height: 30.25 }
    resampleBy(wasm, { ...image, data }, box, out)
    resampleBy(undefined, image, box, plain)
    expect(Buffer.from(out.data).equals(Buffer.from(plain.data))).toBe(true)
  })

  test('pixels that lie in the memory of the kernels already, which then are not copied', () => {
    const image = randomImage([33, 20, 3], 5)
    const [from, to] = [wasm!.allocate(image.data.length), wasm!.allocate(243)]
    from.set(image.data)
    const inPlace = { ...image, data: from.subarray(0, image.data.length) }
    const out = { ...blank([9, 9, 3]), data: to.subarray(0, 243) }
    const plain = blank([9, 9, 3])
    const box = { left: 1.5, top: 2, width: 17, height: 30.25 }
    resampleBy(wasm, inPlace, box, out)
    resampleBy(undefined, image, box, plain)
    expect(Buffer.from(out.data).equals(Buffer.from(plain.data))).toBe(true)
    expect(inPlace.data.every((value, i) => value === image.data[i])).toBe(true)
    wasm!.free(from)
    wasm!.free(to)
  })
})

describe('flip', () => {
  test('images of any size, to another place and in place', () => {
    const side = fc.integer({ min: 1, max: 40 })
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 4 }), fc.boolean(), (height, width, channels, inside) => {
        const image = randomImage([height, width, channels], height * 41 + width)
        const plain = blank([height, width, channels])
        flipColumnsBy(undefined, image, plain)
        const own = inside ? wasm!.allocate(image.data.length).subarray(0, image.data.length) : image.data.slice()
        own.set(image.data)
        const apart = blank([height, width, channels])
        flipColumnsBy(wasm, { ...image, data: own }, apart)
        flipColumnsBy(wasm, { ...image, data: own }, { ...image, data: own })
        expect(apart).toEqual(plain)
        expect(Buffer.compare(own, plain.data)).toBe(0)
      }),
      { numRuns: 200, seed: 3 }
    )
  })
})

describe('rectangles', () => {
  const side = fc.integer({ min: 1, max: 30 })
  const offset = fc.integer({ min: -29, max: 29 })
  const channels = fc.integer({ min: 1, max: 5 })

  test('cut out of images of any size, at any place, with any border', () => {
    fc.assert(
      fc.property(
        side,
        side,
        channels,
        offset,
        offset,
        side,
        side,
        fc.constantFrom('constant', 'edge', 'reflect'),
        (height, width, depth, top, left, outHeight, outWidth, mode) => {
          const near = (at: number, size: number): number => Math.max(-(size - 1), Math.min(size - 1, at))
          const reflects = mode === 'reflect'
          const rows = reflects ? Math.min(outHeight, height) : outHeight
          const columns = reflects ? Math.min(outWidth, width) : outWidth
          const [y, x] = reflects ? [near(top, height), near(left, width)] : [top, left]
          const image = randomImage([height, width, depth], height * 31 + width)
          const [plain, fast] = [blank([rows, columns, depth]), blank([rows, columns, depth])]
          const fill = [9, 99, 199, 255, 3].slice(0, depth)
          cropBy(undefined, image, y, x, mode as 'edge', fill, plain)
          cropBy(wasm, image, y, x, mode as 'edge', fill, fast)
          expect(fast).toEqual(plain)
        }
      ),
      { numRuns: 300 }
    )
  })

  test('covered in images of any size', () => {
    fc.assert(
      fc.property(side, side, channels, offset, offset, side, side, (height, width, depth, y, x, rows, columns) => {
        const top = Math.min(height - 1, Math.abs(y))
        const left = Math.min(width - 1, Math.abs(x))
        const box = { top, left, height: Math.min(rows - 1, height - top), width: Math.min(columns, width - left) }
        const image = randomImage([height, width, depth], height * 31 + width)
        const own = wasm!.allocate(image.data.length).subarray(0, image.data.length)
        own.set(image.data)
        const fill = [9, 99, 199, 255, 3].slice(0, depth)
        coverRectangles({ ...image, data: own }, [box, { ...box, height: 0 }], fill)
        coverRectangles(image, [box, { ...box, height: 0 }], fill)
        expect(Buffer.compare(own, image.data)).toBe(0)
        wasm!.free(own)
      })
    )
  })
})

describe('memory', () => {
  const overlap = (a: Uint8Array, b: Uint8Array) =>
    a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length

  test('is dealt out without overlap, and again once it came back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 300_000 }), fc.boolean()), { maxLength: 30 }), needs => {
        const held: Uint8Array[] = []
        for (const [bytes, giveBack] of needs) {
          const room = wasm!.allocate(bytes)
          expect(room.length).toBeGreaterThanOrEqual(bytes)
          expect(room.byteOffset % 16).toBe(0)
          expect(held.some(other => overlap(other, room))).toBe(false)
          if (giveBack) wasm!.free(room)
          else held.push(room)
        }
        for (const room of held) wasm!.free(room)
      }),
      { numRuns: 50 }
    )
    const room = wasm!.allocate(1000)
    wasm!.free(room)
    expect(wasm!.allocate(900).byteOffset).toBe(room.byteOffset)
  })

  test('keeps what lies in it when it grows, under the same views', () => {
    const early = wasm!.allocate(100).fill(7)
    const large = wasm!.allocate(40_000_000)
    expect(early.every(value => value === 7)).toBe(true)
    early[0] = 8
    expect(new Uint8Array(large.buffer)[early.byteOffset]).toBe(8)
  })

  test('of a region grows as it is asked for, and is the same in between', () => {
    const region = new Region()
    const first = region.take(5000)
    expect(region.take(4000).byteOffset).toBe(first.byteOffset)
    expect([region.take(4000).length, region.take(70_000).length]).toEqual([4000, 70_000])
  })
})
