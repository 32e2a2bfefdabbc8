// A module of its own, without side effects: every worker imports it.
import { defineTransform } from 'millrace'

/** Inverts the pixels above a random threshold, on a share `p` of the images. Sample → sample. Labels stay. */
export const solarize = defineTransform(import.meta.url, {
  name: 'solarize',
  // Decides, from the sample's own random numbers. What it returns is plain data, for logs and replays.
  draw: (rng, { p = 0.5, least = 64 }) => (rng.bool(p) ? { threshold: least + rng.int(256 - least) } : undefined),
  // Executes, and writes every byte of `out`.
  apply(image, { threshold }, out) {
    for (let i = 0; i < out.data.length; i++) {
      const value = image.data[i]
      out.data[i] = value >= threshold ? 255 - value : value
    }
  }
})
