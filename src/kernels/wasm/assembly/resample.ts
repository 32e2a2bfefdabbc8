/**
 * Antialiased resampling in fixed point, as kernels/resample.ts has it for machines without SIMD. Sums are whole numbers,
 * so both give the same bytes. Weights have 16 bits, in groups of four for each new pixel, so that one instruction
 * multiplies two weights by two pixels and adds the products. Loads reach up to 16 bytes beyond what is used, and
 * stores of `rows` as far beyond the last line: callers leave room for them.
 */

/** Bits behind the point of most weights: known beforehand, they shift faster. */
const COMMON: i32 = 14

/** One new pixel, of 4 × `groups` old ones: a sum in each lane. The masks spread two pixels each over 16-bit lanes. */
// @ts-ignore: decorator
@inline
function pixel(
  from: usize, weights: usize, groups: i32, step: usize, half: v128, precision: i32, two: v128, others: v128
): v128 {
  let sum = half
  for (let g = 0; g < groups; g++) {
    const bytes = v128.load(from)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(bytes, two), v128.load32_splat(weights)))
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(bytes, others), v128.load32_splat(weights, 4)))
    from += step
    weights += 8
  }
  return i32x4.shr_s(sum, precision)
}

/** The same of 2 old pixels at most. */
// @ts-ignore: decorator
@inline
function pixelOfTwo(from: usize, weights: usize, half: v128, two: v128): v128 {
  const products = i32x4.dot_i16x8_s(i8x16.swizzle(v128.load(from), two), v128.load32_splat(weights))
  return i32x4.shr_s(i32x4.add(half, products), COMMON)
}

/** Makes lines of `outWidth` pixels of `rows` lines, two lines at a time. */
// @ts-ignore: decorator
@inline
function columnsOf(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, ofTwo: bool, precision: i32,
  out: usize, outWidth: i32,
  channels: i32, two: v128, others: v128
): void {
  const half = i32x4.splat(1 << (precision - 1))
  const outLine = outWidth * channels
  const step = <usize>(4 * channels)
  for (let y = 0; y < rows; y += 2) {
    const upper = src + <usize>(y * line)
    const below = y + 1 < rows ? <usize>line : 0
    const outBelow = y + 1 < rows ? <usize>outLine : 0
    let to = out + <usize>(y * outLine)
    let w = weights
    for (let x = 0; x < outWidth; x++) {
      const from = upper + <usize>(channels * load<i32>(first + (<usize>x << 2)))
      let a: v128, b: v128
      if (ofTwo) {
        a = pixelOfTwo(from, w, half, two)
        b = pixelOfTwo(from + below, w, half, two)
      } else {
        a = pixel(from, w, groups, step, half, precision, two, others)
        b = pixel(from + below, w, groups, step, half, precision, two, others)
      }
      const words = i16x8.narrow_i32x4_s(a, b)
      const bytes = i8x16.narrow_i16x8_u(words, words)
      if (channels == 4 || x + 1 < outWidth) {
        // The fourth byte of three is the next pixel's.
        v128.store32_lane(to, bytes, 0)
        v128.store32_lane(to + outBelow, bytes, 1)
      } else {
        v128.store16_lane(to, bytes, 0)
        v128.store8_lane(to, bytes, 2, 2)
        v128.store16_lane(to + outBelow, bytes, 2)
        v128.store8_lane(to + outBelow, bytes, 6, 2)
      }
      to += <usize>channels
      w += <usize>(8 * groups)
    }
  }
}

/** Lines of 3 channels; `ofTwo` where each new pixel is made of two old ones at most. */
export function columns3(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, ofTwo: bool, precision: i32,
  out: usize, outWidth: i32
): void {
  const two = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
  const others = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1)
  if (ofTwo) columnsOf(src, line, rows, first, weights, 1, true, COMMON, out, outWidth, 3, two, others)
  else if (groups == 1) columnsOf(src, line, rows, first, weights, 1, false, COMMON, out, outWidth, 3, two, others)
  else columnsOf(src, line, rows, first, weights, groups, false, precision, out, outWidth, 3, two, others)
}

/** Lines of 4 channels. */
export function columns4(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, precision: i32,
  out: usize, outWidth: i32
): void {
  const two = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1)
  const others = i8x16(8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1)
  columnsOf(src, line, rows, first, weights, groups, false, precision, out, outWidth, 4, two, others)
}

/** Lines of 1 or 2 channels. */
export function columnsFew(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, precision: i32,
  out: usize, outWidth: i32, channels: i32
): void {
  const half = 1 << (precision - 1)
  let to = out
  for (let y = 0; y < rows; y++) {
    const row = src + <usize>(y * line)
    let w0 = weights
    for (let x = 0; x < outWidth; x++) {
      const start = row + <usize>(channels * load<i32>(first + (<usize>x << 2)))
      for (let c = 0; c < channels; c++) {
        let sum = half
        let from = start + <usize>c
        for (let w = w0; w < w0 + <usize>(8 * groups); w += 2) {
          sum += <i32>load<u8>(from) * <i32>load<i16>(w) // of weight 0 where there is no such pixel
          from += <usize>channels
        }
        store<u8>(to++, <u8>(sum >> precision))
      }
      w0 += <usize>(8 * groups)
    }
  }
}

/** Makes each line of several lines, which are as long: `line` bytes. */
export function rows(
  src: usize, line: i32,
  first: usize, count: usize, weights: usize, groups: i32, precision: i32,
  out: usize, height: i32
): void {
  const half = i32x4.splat(1 << (precision - 1))
  for (let y = 0; y < height; y++) {
    const from = src + <usize>(load<i32>(first + (<usize>y << 2)) * line)
    const pairs = (load<i32>(count + (<usize>y << 2)) + 1) >> 1
    const w0 = weights + <usize>(8 * groups * y)
    const to = out + <usize>(y * line)
    for (let x = 0; x < line; x += 16) {
      let s0 = half, s1 = half, s2 = half, s3 = half
      let p = from + <usize>x
      let w = w0
      for (let k = 0; k < pairs; k++) {
        const a = v128.load(p)
        const b = v128.load(p + <usize>line) // of weight 0 where there is no such line
        const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
        const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
        const weight = v128.load32_splat(w)
        s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(left), weight))
        s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(left), weight))
        s2 = i32x4.add(s2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(right), weight))
        s3 = i32x4.add(s3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(right), weight))
        p += <usize>(2 * line)
        w += 4
      }
      const low = i16x8.narrow_i32x4_s(i32x4.shr_s(s0, precision), i32x4.shr_s(s1, precision))
      const high = i16x8.narrow_i32x4_s(i32x4.shr_s(s2, precision), i32x4.shr_s(s3, precision))
      // The last 16 bytes of a line reach into the next one, which is written afterwards.
      v128.store(to + <usize>x, i8x16.narrow_i16x8_u(low, high))
    }
  }
}
