/** Changes of tone by a table for each channel, after torchvision's functionals. `out` may be the image itself. */
import { applyTable } from './color.js'
import type { Image } from './step.js'

const table = new Uint8Array(256)
const counts = new Uint32Array(256)

/** Keeps the first `bits` bits of each byte. */
export function posterize(image: Image, bits: number, out: Image): void {
  const mask = 256 - 2 ** (8 - bits)
  for (let v = 0; v < 256; v++) table[v] = v & mask
  applyTable(image, table, out)
}

/** Inverts the bytes from `threshold` on. */
export function solarize(image: Image, threshold: number, out: Image): void {
  for (let v = 0; v < 256; v++) table[v] = v >= threshold ? 255 - v : v
  applyTable(image, table, out)
}

/** Stretches each channel to the whole range. A channel of one value stays. */
export function autoContrast(image: Image, out: Image): void {
  for (let c = 0; c < image.channels; c++) {
    let [low, high] = [255, 0]
    for (let i = c; i < image.data.length; i += image.channels) {
      const value = image.data[i]!
      if (value < low) low = value
      if (value > high) high = value
    }
    // In float32 and rounded down, as torchvision has it.
    const scale = Math.fround((high - low) * Math.fround(1 / 255))
    for (let v = low; v <= high; v++) {
      table[v] = high === low ? v : Math.min(255, Math.floor(Math.fround((v - low) / scale)))
    }
    channelTable(image, c, out)
  }
}

/** Gives each channel a histogram as flat as can be. */
export function equalize(image: Image, out: Image): void {
  const { data, channels } = image
  for (let c = 0; c < channels; c++) {
    counts.fill(0)
    for (let i = c; i < data.length; i += channels) counts[data[i]!]!++
    const last = counts[counts.findLastIndex(count => count > 0)]!
    const step = Math.floor((data.length / channels - last) / 255)
    let sum = Math.floor(step / 2)
    for (let v = 0; v < 256; v++) {
      table[v] = step === 0 ? v : Math.min(255, Math.floor(sum / step))
      sum += counts[v]!
    }
    channelTable(image, c, out)
  }
}

function channelTable({ data, channels }: Image, channel: number, { data: to }: Image): void {
  for (let i = channel; i < data.length; i += channels) to[i] = table[data[i]!]!
}
