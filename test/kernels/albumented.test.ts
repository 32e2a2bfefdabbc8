import { describe, expect, test } from 'vitest'
import { IDENTITY } from '#dist/kernels/affine.js'
import { channelDropoutStep } from '#dist/kernels/channelDropout.js'
import { cutoutStep } from '#dist/kernels/cutout.js'
import { elasticRows } from '#dist/kernels/elasticDistortion.js'
import type { Image } from '#dist/kernels/step.js'
import { type Interpolation, type WarpBorder, warp } from '#dist/kernels/warp.js'
import fixtures from '../fixtures/albumented.json' with { type: 'json' }
import { applied, blank, shapeOf } from './support.js'

type Packed = (typeof fixtures.bent)[number]['result']

function decode({ data, ...shape }: Packed): Image {
  return { data: new Uint8Array(Buffer.from(data, 'base64')), ...shape }
}

function sourceOf({ source }: { source: string }): Image {
  return decode(fixtures.sources[source as 'rgb'])
}

function fillOf({ channels }: Image): number[] {
  return new Array<number>(channels).fill(fixtures.fill)
}

describe('albumentations', () => {
  test.each(fixtures.bent)('bends $source: $interpolation, $border', bent => {
    const image = sourceOf(bent)
    const out = blank(shapeOf(image))
    const field = { dx: Float32Array.from(bent.dx), dy: Float32Array.from(bent.dy) }
    const rows = elasticRows({ matrix: IDENTITY, alpha: 1 / 32 }, field, image.width)
    const interpolation = bent.interpolation as Interpolation
    warp(image, rows, { interpolation, border: bent.border as WarpBorder, fill: fillOf(image) }, out)
    const expected = decode(bent.result).data
    const most = interpolation === 'nearest' ? 0 : 1
    for (const [i, byte] of out.data.entries()) expect(Math.abs(byte - expected[i]!)).toBeLessThanOrEqual(most)
  })

  test.each(fixtures.covered)('covers squares of $source', covered => {
    const image = sourceOf(covered)
    const boxes = covered.holes.map(([left, top, right, bottom]) => ({
      left: left!,
      top: top!,
      width: right! - left!,
      height: bottom! - top!
    }))
    expect(applied(cutoutStep, image, { boxes, fill: fillOf(image) })).toEqual(decode(covered.result))
  })

  test.each(fixtures.dropped)('drops channels $channels', dropped => {
    const image = sourceOf(dropped)
    const params = { dropped: dropped.channels, keep: 1, fill: [0, 0, 0] }
    expect(applied(channelDropoutStep, image, params)).toEqual(decode(dropped.result))
  })
})
