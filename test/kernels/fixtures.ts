/** What Pillow and torchvision give; made by scripts/fixtures.py. */
import { readFileSync } from 'node:fs'
import type { BorderMode } from '#dist/kernels/crop.js'
import type { Image, Part } from '#dist/kernels/step.js'

interface Packed {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Base64. */
  readonly data: string
}

interface Scaled {
  readonly source: string
  readonly box: Part
  readonly pillow: Packed
  readonly torchvision: Packed
}

interface Fixtures {
  readonly sources: Record<string, Packed>
  readonly resize: readonly Scaled[]
  readonly crops: readonly Scaled[]
  readonly shorter: readonly { height: number; width: number; size: number; result: [number, number] }[]
  readonly center: readonly { source: string; size: [number, number]; result: Packed }[]
  readonly border: readonly { source: string; mode: BorderMode; top: number; left: number; result: Packed }[]
  readonly fallback: readonly { height: number; width: number; ratio: [number, number]; box: Part }[]
}

export const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/resample.json', import.meta.url), 'utf8')
)

export function unpack({ height, width, channels, data }: Packed): Image {
  return { height, width, channels, data: Uint8Array.from(Buffer.from(data, 'base64')) }
}

export function source(name: string): Image {
  return unpack(fixtures.sources[name]!)
}
