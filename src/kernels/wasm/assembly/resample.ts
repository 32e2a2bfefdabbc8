/**
 * Antialiased resampling in fixed point, as kernels/resample.ts has it for machines without SIMD. Sums are whole numbers,
 * so both give the same bytes. Weights have 16 bits, in groups of four for each new pixel, so that one instruction
 * multiplies two weights by two pixels and adds the products. Loads reach up to 16 bytes beyond what is used, and
 * stores as far beyond the last line: callers leave room for them.
 */

/** Bits behind the point of most weights: known beforehand, they shift faster. */
const COMMON: i32 = 14

/**
 * One new pixel of at most 2 × `pairs` old ones, of 3 or 4 channels: a sum in each lane. The masks spread two old pixels
 * over 16-bit lanes, each channel beside itself. What is known when this is compiled costs nothing.
 */
// @ts-ignore: decorator
@inline
function pixel(from: usize, weights: usize, pairs: i32, precision: i32, channels: i32): v128 {
  const two = channels == 3
    ? i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
    : i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1)
  const others = channels == 3
    ? i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1)
    : i8x16(8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1)
  let sum = i32x4.splat(1 << (precision - 1))
  for (let pair = 0; pair < pairs; pair += 2) {
    const bytes = v128.load(from)
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(bytes, two), v128.load32_splat(weights)))
    if (pairs == 1) break
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(bytes, others), v128.load32_splat(weights, 4)))
    if (pairs == 2) break
    from += <usize>(4 * channels)
    weights += 8
    if (pairs == 3) {
      const last = i8x16.swizzle(v128.load(from), two)
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(last, v128.load32_splat(weights)))
      break
    }
  }
  return i32x4.shr_s(sum, precision)
}

/** Makes lines of `outWidth` pixels, four pixels at a time. */
// @ts-ignore: decorator
@inline
function columnsOf(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, pairs: i32, precision: i32,
  out: usize, outWidth: i32, channels: i32
): void {
  const stride = <usize>(8 * groups)
  const size = <usize>channels
  for (let y = 0; y < rows; y++) {
    let f = first
    let w = weights
    let to = out
    let x = 0
    for (; x + 3 < outWidth; x += 4) {
      const a = pixel(src + size * load<i32>(f), w, pairs, precision, channels)
      const b = pixel(src + size * load<i32>(f, 4), w + stride, pairs, precision, channels)
      const c = pixel(src + size * load<i32>(f, 8), w + 2 * stride, pairs, precision, channels)
      const d = pixel(src + size * load<i32>(f, 12), w + 3 * stride, pairs, precision, channels)
      let bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d))
      if (channels == 3) bytes = i8x16.swizzle(bytes, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1))
      v128.store(to, bytes) // four bytes of three channels are those of the next pixels, written afterwards
      f += 16
      w += 4 * stride
      to += 4 * size
    }
    for (; x < outWidth; x++) {
      const sum = pixel(src + size * load<i32>(f), w, pairs, precision, channels)
      const words = i16x8.narrow_i32x4_s(sum, sum)
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0)
      f += 4
      w += stride
      to += size
    }
    src += <usize>line
    out += size * outWidth
  }
}

/** Lines of 3 channels, each new pixel of at most `most` old ones. */
export function columns3(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, most: i32, precision: i32,
  out: usize, outWidth: i32
): void {
  if (precision > COMMON || most > 6) {
    columnsOf(src, line, rows, first, weights, groups, 2 * groups, precision, out, outWidth, 3)
  } else if (most <= 2) columnsOf(src, line, rows, first, weights, groups, 1, COMMON, out, outWidth, 3)
  else if (most <= 4) columnsOf(src, line, rows, first, weights, groups, 2, COMMON, out, outWidth, 3)
  else columnsOf(src, line, rows, first, weights, groups, 3, COMMON, out, outWidth, 3)
}

/** Lines of 4 channels. */
export function columns4(
  src: usize, line: i32, rows: i32,
  first: usize, weights: usize, groups: i32, precision: i32,
  out: usize, outWidth: i32
): void {
  columnsOf(src, line, rows, first, weights, groups, 2 * groups, precision, out, outWidth, 4)
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

/** 16 bytes of a line, of 2 × `pairs` lines; what is known when this is compiled costs nothing. */
// @ts-ignore: decorator
@inline
function bytesOf(from: usize, line: usize, weights: usize, pairs: i32, precision: i32): v128 {
  const half = i32x4.splat(1 << (precision - 1))
  let s0 = half, s1 = half, s2 = half, s3 = half
  for (let k = 0; k < pairs; k++) {
    const a = v128.load(from)
    const b = v128.load(from + line) // of weight 0 where there is no such line
    const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    const weight = v128.load32_splat(weights)
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(left), weight))
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(left), weight))
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(right), weight))
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(right), weight))
    from += 2 * line
    weights += 4
  }
  const low = i16x8.narrow_i32x4_s(i32x4.shr_s(s0, precision), i32x4.shr_s(s1, precision))
  const high = i16x8.narrow_i32x4_s(i32x4.shr_s(s2, precision), i32x4.shr_s(s3, precision))
  return i8x16.narrow_i16x8_u(low, high)
}

// @ts-ignore: decorator
@inline
function rowOf(from: usize, line: usize, weights: usize, pairs: i32, precision: i32, to: usize): void {
  for (let x: usize = 0; x < line; x += 16) {
    // The last 16 bytes of a line reach into the next one, which is written afterwards.
    v128.store(to + x, bytesOf(from + x, line, weights, pairs, precision))
  }
}

/** Makes each line of several lines, which are as long: `line` bytes. */
export function rows(
  src: usize, line: i32,
  first: usize, count: usize, weights: usize, groups: i32, precision: i32,
  out: usize, height: i32
): void {
  const length = <usize>line
  for (let y = 0; y < height; y++) {
    const from = src + <usize>load<i32>(first + (<usize>y << 2)) * length
    const pairs = (load<i32>(count + (<usize>y << 2)) + 1) >> 1
    const w = weights + <usize>(8 * groups * y)
    if (precision > COMMON || pairs > 3) rowOf(from, length, w, pairs, precision, out)
    else if (pairs == 1) rowOf(from, length, w, 1, COMMON, out)
    else if (pairs == 2) rowOf(from, length, w, 2, COMMON, out)
    else rowOf(from, length, w, 3, COMMON, out)
    out += length
  }
}
