import { describe, expect, test } from 'vitest'
import { type CutoutParams, type CutoutStepOptions, cutoutStep } from '#dist/kernels/cutout.js'
import { imageNet, normalizeInto, scalingOf } from '#dist/kernels/normalize.js'
import { chiSquareZ, kolmogorov, moments } from '../random/statistics.js'
import { applied, blank, noFacts, randomImage, rngFor, rowsOf, run } from './support.js'

const defaults: CutoutStepOptions = { size: 'half', count: 1, fill: 0, p: 1, exact: false, inside: false }

function draw(changed: Partial<CutoutStepOptions>, [h, w, c] = [32, 32, 3], position = 0, facts = noFacts) {
  return cutoutStep.draw(rngFor('cutout', position), { ...defaults, ...changed }, [h!, w!, c!], facts, [])
}

const area = (params: CutoutParams | undefined) => (params ? params.boxes[0]!.width * params.boxes[0]!.height : 0)

describe('the square', () => {
  test.each([
    [7, 5, 4],
    [5, 9, 3],
    [4, 4, 7]
  ])('%d×%d, size %d: what a centre covers, every centre equally likely', (height, width, size) => {
    const half = Math.floor(size / 2)
    const expected = new Map<string, number>()
    for (let cy = 0; cy < height; cy++) {
      for (let cx = 0; cx < width; cx++) {
        const [top, left] = [Math.max(cy - half, 0), Math.max(cx - half, 0)]
        const box = [top, left, Math.min(cy + half, height) - top, Math.min(cx + half, width) - left].join()
        expected.set(box, (expected.get(box) ?? 0) + 1)
      }
    }
    const counts = new Map<string, number>()
    for (let position = 0; position < 4000; position++) {
      const { top, left, height: h, width: w } = draw({ size }, [height, width, 1], position)!.boxes[0]!
      const box = [top, left, h, w].join()
      counts.set(box, (counts.get(box) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([...expected.keys()].sort())
    const boxes = [...expected.keys()]
    const shares = boxes.map(box => expected.get(box)! / (height * width))
    expect(
      chiSquareZ(
        boxes.map(box => counts.get(box)!),
        shares
      )
    ).toBeLessThan(4)
  })

  test.each([
    [32, 16, 196, 64],
    [32, 8, 56.25, 16],
    [32, 20, 284.765625, 100]
  ])('%d pixels, size %d: mean area over all centres %d, smallest %d', (side, size, mean, smallest) => {
    const areas = new Map<string, number>()
    for (let position = 0; position < 16 * side * side; position++) {
      const params = draw({ size }, [side, side, 3], position)
      areas.set(JSON.stringify(params!.boxes), area(params))
    }
    expect(areas.size).toBe(side * side)
    expect(moments([...areas.values()]).mean).toBe(mean)
    expect(Math.min(...areas.values())).toBe(smallest)
  })

  test('size 0 does nothing; twice the image covers it all', () => {
    for (let position = 0; position < 50; position++) {
      expect(draw({ size: 0 }, [5, 7, 3], position)).toBeUndefined()
      expect(draw({ size: 1 }, [5, 7, 3], position)).toBeUndefined()
      expect(draw({ size: 14 }, [5, 7, 3], position)!.boxes).toEqual([{ top: 0, left: 0, height: 5, width: 7 }])
    }
  })

  test('an odd size is made even, or kept with `exact`', () => {
    const largest = (changed: object) =>
      Math.max(...Array.from({ length: 500 }, (_, position) => area(draw(changed, [20, 20, 1], position))))
    expect(largest({ size: 7 })).toBe(36)
    expect(largest({ size: 7, exact: true })).toBe(49)
    expect(largest({ size: 1, exact: true })).toBe(1)
  })

  test('`inside` never reaches over the border, and reaches it', () => {
    const boxes = Array.from({ length: 800 }, (_, i) => draw({ size: 4, inside: true }, [7, 9, 1], i)!.boxes[0]!)
    expect(boxes.every(({ height, width }) => height === 4 && width === 4)).toBe(true)
    expect(new Set(boxes.map(({ top, left }) => `${top},${left}`)).size).toBe(4 * 6)
    expect(draw({ size: 8, inside: true }, [7, 9, 1])!.boxes[0]).toMatchObject({ top: 0, height: 7, width: 8 })
  })

  test('the default is half the shorter side', () => {
    const largest = (height: number, width: number) =>
      Math.max(...Array.from({ length: 300 }, (_, i) => draw({}, [height, width, 3], i)!.boxes[0]!.height))
    expect([largest(32, 32), largest(224, 300)]).toEqual([16, 112])
  })

  test('p', () => {
    const changed = Array.from({ length: 2000 }, (_, position) => draw({ p: 0.3 }, [8, 8, 1], position)).filter(Boolean)
    expect(Math.abs(changed.length - 600)).toBeLessThan(4 * Math.sqrt(420))
    expect(draw({ p: 0 })).toBeUndefined()
  })
})

describe('the pixels', () => {
  test('a literal image, with the other pixels as they were', () => {
    const params = { boxes: [{ top: 1, left: 0, height: 2, width: 2 }], fill: [9] }
    const image = { data: Uint8Array.from({ length: 12 }, (_, i) => i + 20), height: 3, width: 4, channels: 1 }
    expect(rowsOf(applied(cutoutStep, image, params))).toEqual([
      [20, 21, 22, 23],
      [9, 9, 26, 27],
      [9, 9, 30, 31]
    ])
  })

  test('several squares cover their union and nothing else', () => {
    const image = blank([16, 12, 3], 200)
    const params = draw({ count: 3, size: 6 }, [16, 12, 3], 4)!
    const out = applied(cutoutStep, image, params)
    const covered = (x: number, y: number) =>
      params.boxes.some(b => y >= b.top && y < b.top + b.height && x >= b.left && x < b.left + b.width)
    for (let i = 0; i < out.data.length; i++) {
      expect(out.data[i]).toBe(covered(Math.floor(i / 3) % 12, Math.floor(i / 36)) ? 0 : 200)
    }
    expect(new Set(params.boxes.map(box => JSON.stringify(box))).size).toBe(3)
  })

  test("the mean colour is the source's, else ImageNet's; grey gets the mean of the means", () => {
    const known = { ...noFacts, mean: [0.1, 0.2, 0.6], std: [0.1, 0.1, 0.1] }
    const fill = (channels: number, facts = noFacts) => draw({ fill: 'mean' }, [8, 8, channels], 0, facts)!.fill
    expect(fill(3, known)).toEqual([26, 51, 153])
    expect(fill(3)).toEqual([124, 116, 104])
    expect(fill(1)).toEqual([114])
    expect(fill(1, { ...noFacts, mean: [0.1307] })).toEqual([33])
    expect(fill(4)).toEqual([124, 116, 104, 114])
  })

  test('the mean colour becomes 0 when it is normalised, to half a grey level', () => {
    const image = randomImage([8, 8, 3])
    const out = run(cutoutStep, { ...defaults, fill: 'mean', size: 16 }, image, rngFor('mean'))
    const values = new Float32Array(out.data.length)
    normalizeInto(out.data, values, scalingOf(imageNet, 3))
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.5 / 255 / 0.224)
  })

  test('noise is normal around the mean, new for each image, and stands in the parameters as a seed', () => {
    const facts = { ...noFacts, mean: [0.5, 0.5, 0.5], std: [0.1, 0.1, 0.2] }
    const params = draw({ fill: 'noise', size: 200 }, [100, 100, 3], 1, facts)!
    const { data } = applied(cutoutStep, blank([100, 100, 3]), params)
    const channel = (c: number) => Array.from(data.filter((_, i) => i % 3 === c))
    for (const [c, std] of [25.5, 25.5, 51].entries()) {
      const { mean, variance } = moments(channel(c))
      expect(Math.abs(mean - 127.5)).toBeLessThan((4 * std) / 100)
      expect(Math.abs(Math.sqrt(variance) / std - 1)).toBeLessThan(0.04)
    }
    const normal = Array.from({ length: 5000 }, (_, i) => data[3 * i]!)
    expect(kolmogorov(normal, x => 1 / (1 + Math.exp((-1.702 * (x + 0.5 - 127.5)) / 25.5)))).toBeLessThan(4)
    expect(applied(cutoutStep, blank([100, 100, 3]), JSON.parse(JSON.stringify(params))).data).toEqual(data)
    const other = draw({ fill: 'noise', size: 200 }, [100, 100, 3], 2, facts)!
    expect(applied(cutoutStep, blank([100, 100, 3]), other).data).not.toEqual(data)
  })

  test('a fill that does not fit the channels', () => {
    expect(() => draw({ fill: [1, 2] })).toThrow(
      'cutout: the image has 3 channels, but `fill` has 2 numbers. Give one number, or one for each channel.'
    )
  })
})
