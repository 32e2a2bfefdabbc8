/** Batches as torchvision and timm mix them; made by scripts/fixtures/mixing.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cutMixStep } from '#dist/kernels/cutMix.js'
import { fourierNoise } from '#dist/kernels/fourierNoise.js'
import { shares } from '#dist/kernels/mixLabels.js'
import { mixUpStep } from '#dist/kernels/mixUp.js'
import { drawPartners } from '#dist/kernels/partners.js'
import type { BatchBuffers } from '#dist/kernels/step.js'
import { rngFor } from './support.js'

interface Mixed {
  readonly name: 'mixUp' | 'cutMix'
  readonly partner: 'roll' | 'reverse'
  readonly lambdas?: readonly number[]
  /** Left, top, right, bottom. */
  readonly boxes?: readonly (readonly [number, number, number, number])[]
  readonly images: string
  readonly labels: readonly (readonly number[])[]
}

interface Fixtures {
  readonly shape: BatchBuffers['shape']
  readonly classes: readonly number[]
  readonly images: string
  readonly mixed: readonly Mixed[]
  readonly noise: readonly { height: number; width: number; decay: number; normals: number[]; image: number[] }[]
}

const { shape, classes, images, mixed, noise }: Fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/mixing.json', import.meta.url), 'utf8')
)
const floats = (base64: string) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)

test.each(mixed.map((fixture, i) => [fixture.name, fixture.partner, i] as const))(
  '%s, partner: %s (%d)',
  (name, partner, i) => {
    const { lambdas, boxes, ...expected } = mixed[i]!
    const [n, height, width] = shape
    const labels = Float32Array.from({ length: n * 3 }, (_, k) => (classes[Math.floor(k / 3)] === k % 3 ? 1 : 0))
    const batch = { images: floats(images), shape, labels, labelWidth: 3 }
    const partners = drawPartners(rngFor('none'), partner, n)
    if (name === 'mixUp') mixUpStep.apply(batch, { lambda: lambdas!, partners })
    const cuts = boxes?.map(([left, top, right, bottom]) => ({
      box: { left, top, width: right - left, height: bottom - top },
      weights: shares((right - left) * (bottom - top), height * width)
    }))
    if (name === 'cutMix') cutMixStep.apply(batch, { cuts: cuts!, partners })
    const distance = floats(expected.images).map((value, at) => Math.abs(value - batch.images[at]!))
    expect(Math.max(...distance)).toBeLessThan(name === 'cutMix' ? 1e-30 : 1e-4)
    const wrong = expected.labels.flat().map((value, at) => Math.abs(value - labels[at]!))
    expect(Math.max(...wrong)).toBeLessThan(1e-7)
  }
)

describe('noise of low frequencies is the inverse FFT', () => {
  test.each(noise)('$height×$width, decay $decay', ({ height, width, decay, normals, image }) => {
    const numbers = normals.values()
    const made = fourierNoise(height, width, decay, () => numbers.next().value!)
    expect(numbers.next().done).toBe(true)
    const scale = Math.max(...image.map(Math.abs))
    expect(Math.max(...image.map((value, i) => Math.abs(value - made[i]!)))).toBeLessThan(1e-12 * scale)
  })
})
