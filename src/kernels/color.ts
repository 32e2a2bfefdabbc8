/** Changes of colour on bytes, each after torchvision's functional of the same name. `out` may be the image itself. */
import { roundHalfEven } from './round.js'
import type { Image } from './step.js'

const table = new Uint8Array(256)

/** Writes what a table says of each byte. */
export function applyTable({ data }: Image, values: Uint8Array, out: Image): void {
  const to = out.data
  for (let i = 0; i < data.length; i++) to[i] = values[data[i]!]!
}

/** Times `factor`: 0 gives black, 1 the image. */
export function brightness(image: Image, factor: number, out: Image): void {
  for (let v = 0; v < 256; v++) table[v] = byte(v * factor)
  applyTable(image, table, out)
}

/** Away from the mean of its grey: 0 gives that grey everywhere, 1 the image. */
export function contrast(image: Image, factor: number, out: Image): void {
  const { data, channels } = image
  let sum = 0
  if (channels === 3) for (let i = 0; i < data.length; i += 3) sum += luma(data[i]!, data[i + 1]!, data[i + 2]!)
  else for (let i = 0; i < data.length; i++) sum += data[i]!
  const mean = channels === 3 ? sum / (data.length / 3) : sum / data.length
  for (let v = 0; v < 256; v++) table[v] = byte(v * factor + mean * (1 - factor))
  applyTable(image, table, out)
}

/** Away from grey: 0 gives grey, 1 the image. Images that are not RGB have no colours, and stay. */
export function saturation({ data, channels }: Image, factor: number, { data: out }: Image): void {
  if (channels !== 3) {
    out.set(data)
    return
  }
  const rest = 1 - factor
  for (let i = 0; i < data.length; i += 3) {
    const grey = rest * luma(data[i]!, data[i + 1]!, data[i + 2]!)
    out[i] = byte(data[i]! * factor + grey)
    out[i + 1] = byte(data[i + 1]! * factor + grey)
    out[i + 2] = byte(data[i + 2]! * factor + grey)
  }
}

/** Turns the hue by a share of the circle, in [−0.5, 0.5]. Images that are not RGB stay. */
export function hue({ data, channels }: Image, turn: number, { data: out }: Image): void {
  if (channels !== 3 || turn === 0) {
    out.set(data)
    return
  }
  for (let i = 0; i < data.length; i += 3) {
    const r = data[i]!
    const g = data[i + 1]!
    const b = data[i + 2]!
    const max = Math.max(r, g, b)
    const range = max - Math.min(r, g, b)
    if (range === 0) {
      out[i] = out[i + 1] = out[i + 2] = max
      continue
    }
    const sixth = max === r ? (g - b) / range : max === g ? 2 + (b - r) / range : 4 + (r - g) / range
    const h = sixth / 6 + turn
    const h6 = 6 * (h - Math.floor(h))
    // Each channel falls from the largest value to the smallest as its distance on the circle goes from 1 to 2 sixths.
    out[i] = channel(h6, 0, max, range)
    out[i + 1] = channel(h6, 2, max, range)
    out[i + 2] = channel(h6, 4, max, range)
  }
}

/** Grey in every channel. Images that are not RGB stay. */
export function grey({ data, channels }: Image, { data: out }: Image): void {
  if (channels !== 3) {
    out.set(data)
    return
  }
  for (let i = 0; i < data.length; i += 3) out[i] = out[i + 1] = out[i + 2] = luma(data[i]!, data[i + 1]!, data[i + 2]!)
}

/** ITU-R 601 with torchvision's digits, rounded down. */
function luma(r: number, g: number, b: number): number {
  return Math.floor((2989 * r + 5870 * g + 1140 * b) / 10_000)
}

/** The value of the channel whose hue is at `peak` sixths of the circle. */
function channel(h6: number, peak: number, max: number, range: number): number {
  const apart = Math.abs(h6 - peak)
  const distance = apart > 3 ? 6 - apart : apart
  return roundHalfEven(max - range * Math.min(1, Math.max(0, distance - 1)))
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : roundHalfEven(value)
}
