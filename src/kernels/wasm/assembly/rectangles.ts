/** Rectangles of pixels, cut out and covered, as kernels/crop.ts and kernels/fill.ts have it for machines without SIMD. */

const CONSTANT: i32 = 0
const EDGE: i32 = 1

/** The index that stands in for `i` of a line of `n` pixels; −1 for the fill. */
// @ts-ignore: decorator
@inline
function beyond(i: i32, n: i32, mode: i32): i32 {
  if (i >= 0 && i < n) return i
  if (mode == CONSTANT) return -1
  if (mode == EDGE) return i < 0 ? 0 : n - 1
  return i < 0 ? -i : 2 * (n - 1) - i
}

// @ts-ignore: decorator
@inline
function copyPixel(to: usize, from: usize, channels: i32): void {
  for (let c = 0; c < channels; c++) store<u8>(to + <usize>c, load<u8>(from + <usize>c))
}

/** Pixels of a row that lie beyond the border of a line of the image. */
// @ts-ignore: decorator
@inline
function border(
  line: usize, width: i32, channels: i32, left: i32, mode: i32, fill: usize, out: usize, begin: i32, end: i32
): void {
  for (let x = begin; x < end; x++) {
    const from = beyond(left + x, width, mode)
    copyPixel(out + <usize>(x * channels), from < 0 ? fill : line + <usize>(from * channels), channels)
  }
}

/** Copies bytes to where they do not overlap: for a line, quicker than the instruction that copies memory. */
// @ts-ignore: decorator
@inline
function copyLine(to: usize, from: usize, length: i32): void {
  let i = 0
  for (; i + 32 <= length; i += 32) {
    v128.store(to + <usize>i, v128.load(from + <usize>i))
    v128.store(to + <usize>i, v128.load(from + <usize>i, 16), 16)
  }
  for (; i + 8 <= length; i += 8) store<u64>(to + <usize>i, load<u64>(from + <usize>i))
  for (; i < length; i++) store<u8>(to + <usize>i, load<u8>(from + <usize>i))
}

/** Cuts out the rectangle at (`left`, `top`); `mode` is 0 for a constant, 1 for the edge, 2 for a mirror. */
export function crop(
  src: usize, width: i32, height: i32, channels: i32,
  left: i32, top: i32, mode: i32, fill: usize,
  out: usize, outWidth: i32, outHeight: i32
): void {
  const begin = min(outWidth, max(0, -left))
  const end = max(begin, min(outWidth, width - left))
  for (let y = 0; y < outHeight; y++) {
    const row = beyond(top + y, height, mode)
    if (row < 0) {
      for (let x = 0; x < outWidth; x++) copyPixel(out + <usize>(x * channels), fill, channels)
    } else {
      const line = src + <usize>(row * width * channels)
      border(line, width, channels, left, mode, fill, out, 0, begin)
      copyLine(
        out + <usize>(begin * channels), line + <usize>((left + begin) * channels), (end - begin) * channels
      )
      border(line, width, channels, left, mode, fill, out, end, outWidth)
    }
    out += <usize>(outWidth * channels)
  }
}

/** Covers `height` lines of `width` pixels; `line` bytes lie between their beginnings. */
export function cover(at: usize, line: i32, channels: i32, width: i32, height: i32, fill: usize): void {
  for (let x = 0; x < width; x++) copyPixel(at + <usize>(x * channels), fill, channels)
  for (let y = 1; y < height; y++) memory.copy(at + <usize>(y * line), at, <usize>(width * channels))
}

/** Copies lines from one rectangle to another, which may not overlap. */
export function copyBlock(to: usize, toLine: i32, from: usize, fromLine: i32, length: i32, lines: i32): void {
  for (let y = 0; y < lines; y++, to += <usize>toLine, from += <usize>fromLine) copyLine(to, from, length)
}
