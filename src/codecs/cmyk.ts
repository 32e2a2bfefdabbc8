/** CMYK to RGB by the plain formula, without a colour profile, as Pillow and so PyTorch's image folders do it. */

/** (255 − c) × (255 − k) / 255 for each ink, rounded; four bytes a pixel become three. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const pixels = cmyk.length / 4
  const rgb = new Uint8Array(pixels * 3)
  for (let i = 0; i < pixels; i++) {
    const white = 255 - cmyk[i * 4 + 3]!
    rgb[i * 3] = white - scale(cmyk[i * 4]!, white)
    rgb[i * 3 + 1] = white - scale(cmyk[i * 4 + 1]!, white)
    rgb[i * 3 + 2] = white - scale(cmyk[i * 4 + 2]!, white)
  }
  return rgb
}

/** a × b / 255, rounded to the nearest. */
function scale(a: number, b: number): number {
  const product = a * b + 128
  return (product + (product >> 8)) >> 8
}
