/**
 * Antialiased resampling in fixed point, as kernels/resample.ts has it for machines without SIMD. Sums are whole numbers,
 * so both give the same bytes. A weight is taken in two halves of 11 bits, so that one instruction multiplies two weights
 * by two pixels and adds the products. Loads reach up to 16 bytes beyond what is used, and stores of `rows` as far
 * beyond the last line: callers leave room for them.
 */

const PRECISION: i32 = 22
const HALF: i32 = 1 << (PRECISION - 1)
const LOW: i32 = 11

/**
 * Packs the weights of each new pixel by fours: the high halves of the first two, the low ones, the same of the others.
 * Weights that a pixel does not have are 0, so that each takes as many steps.
 */
export function pack(count: usize, weights: usize, stride: i32, size: i32, quads: i32, out: usize): void {
  let to = out
  for (let i = 0; i < size; i++) {
    const n = load<i32>(count + (<usize>i << 2))
    const from = weights + (<usize>(i * stride) << 2)
    for (let k = 0; k < 4 * quads; k += 2) {
      const a = k < n ? load<i32>(from + (<usize>k << 2)) : 0
      const b = k + 1 < n ? load<i32>(from + (<usize>k << 2), 4) : 0
      store<i32>(to, (a >> LOW) | ((b >> LOW) << 16))
      store<i32>(to, (a & 2047) | ((b & 2047) << 16), 4)
      to += 8
    }
  }
}

/** One new pixel, of 4 × `quads` old ones: a sum in each lane. The masks spread two pixels each over 16-bit lanes. */
// @ts-ignore: decorator
@inline
function pixel(from: usize, packed: usize, quads: i32, step: usize, two: v128, others: v128): v128 {
  let high = i32x4.splat(0)
  let low = i32x4.splat(HALF)
  for (let q = 0; q < quads; q++) {
    const bytes = v128.load(from)
    const a = i8x16.swizzle(bytes, two)
    const b = i8x16.swizzle(bytes, others)
    high = i32x4.add(high, i32x4.dot_i16x8_s(a, v128.load32_splat(packed)))
    low = i32x4.add(low, i32x4.dot_i16x8_s(a, v128.load32_splat(packed, 4)))
    high = i32x4.add(high, i32x4.dot_i16x8_s(b, v128.load32_splat(packed, 8)))
    low = i32x4.add(low, i32x4.dot_i16x8_s(b, v128.load32_splat(packed, 12)))
    from += step
    packed += 16
  }
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, LOW), low), PRECISION)
}

/** Makes lines of `outWidth` pixels of `rows` lines, two lines at a time. */
// @ts-ignore: decorator
@inline
function columnsOf(
  src: usize, line: i32, rows: i32,
  first: usize, packed: usize, quads: i32,
  out: usize, outWidth: i32,
  channels: i32, two: v128, others: v128
): void {
  const outLine = outWidth * channels
  const step = <usize>(4 * channels)
  for (let y = 0; y < rows; y += 2) {
    const upper = src + <usize>(y * line)
    const below = y + 1 < rows ? <usize>line : 0
    const outBelow = y + 1 < rows ? <usize>outLine : 0
    let to = out + <usize>(y * outLine)
    let weights = packed
    for (let x = 0; x < outWidth; x++) {
      const from = upper + <usize>(channels * load<i32>(first + (<usize>x << 2)))
      const a = pixel(from, weights, quads, step, two, others)
      const b = pixel(from + below, weights, quads, step, two, others)
      const words = i16x8.narrow_i32x4_s(a, b)
      const bytes = i8x16.narrow_i16x8_u(words, words)
      if (channels == 4) {
        v128.store32_lane(to, bytes, 0)
        v128.store32_lane(to + outBelow, bytes, 1)
      } else {
        v128.store16_lane(to, bytes, 0)
        v128.store8_lane(to, bytes, 2, 2)
        v128.store16_lane(to + outBelow, bytes, 2)
        v128.store8_lane(to + outBelow, bytes, 6, 2)
      }
      to += <usize>channels
      weights += <usize>(16 * quads)
    }
  }
}

/** Lines of 3 channels. */
export function columns3(
  src: usize, line: i32, rows: i32, first: usize, packed: usize, quads: i32, out: usize, outWidth: i32
): void {
  const two = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
  const others = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1)
  if (quads == 1) columnsOf(src, line, rows, first, packed, 1, out, outWidth, 3, two, others)
  else columnsOf(src, line, rows, first, packed, quads, out, outWidth, 3, two, others)
}

/** Lines of 4 channels. */
export function columns4(
  src: usize, line: i32, rows: i32, first: usize, packed: usize, quads: i32, out: usize, outWidth: i32
): void {
  const two = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1)
  const others = i8x16(8, -1, 12, -1, 9, -1, 13, -1, 10, -1, 14, -1, 11, -1, 15, -1)
  columnsOf(src, line, rows, first, packed, quads, out, outWidth, 4, two, others)
}

/** Lines of 1 or 2 channels. */
export function columnsFew(
  src: usize, line: i32, rows: i32,
  first: usize, count: usize, weights: usize, stride: i32,
  out: usize, outWidth: i32, channels: i32
): void {
  let to = out
  for (let y = 0; y < rows; y++) {
    const row = src + <usize>(y * line)
    for (let x = 0; x < outWidth; x++) {
      const start = row + <usize>(channels * load<i32>(first + (<usize>x << 2)))
      const n = load<i32>(count + (<usize>x << 2))
      const w0 = weights + (<usize>(x * stride) << 2)
      for (let c = 0; c < channels; c++) {
        let sum = HALF
        let from = start + <usize>c
        let w = w0
        for (let k = 0; k < n; k++) {
          sum += <i32>load<u8>(from) * load<i32>(w)
          from += <usize>channels
          w += 4
        }
        store<u8>(to++, <u8>(sum >> PRECISION))
      }
    }
  }
}

/** Makes each line of several lines, which are as long: `line` bytes. */
export function rows(
  src: usize, line: i32, first: usize, count: usize, packed: usize, quads: i32, out: usize, height: i32
): void {
  for (let y = 0; y < height; y++) {
    const from = src + <usize>(load<i32>(first + (<usize>y << 2)) * line)
    const pairs = (load<i32>(count + (<usize>y << 2)) + 1) >> 1
    const weights = packed + <usize>(16 * quads * y)
    const to = out + <usize>(y * line)
    for (let x = 0; x < line; x += 16) {
      let h0 = i32x4.splat(0), h1 = h0, h2 = h0, h3 = h0
      let l0 = i32x4.splat(HALF), l1 = l0, l2 = l0, l3 = l0
      let p = from + <usize>x
      let w = weights
      for (let k = 0; k < pairs; k++) {
        const a = v128.load(p)
        const b = v128.load(p + <usize>line) // of weight 0 where there is no such line
        const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
        const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
        const p0 = i16x8.extend_low_i8x16_u(left)
        const p1 = i16x8.extend_high_i8x16_u(left)
        const p2 = i16x8.extend_low_i8x16_u(right)
        const p3 = i16x8.extend_high_i8x16_u(right)
        const high = v128.load32_splat(w)
        const low = v128.load32_splat(w, 4)
        h0 = i32x4.add(h0, i32x4.dot_i16x8_s(p0, high))
        h1 = i32x4.add(h1, i32x4.dot_i16x8_s(p1, high))
        h2 = i32x4.add(h2, i32x4.dot_i16x8_s(p2, high))
        h3 = i32x4.add(h3, i32x4.dot_i16x8_s(p3, high))
        l0 = i32x4.add(l0, i32x4.dot_i16x8_s(p0, low))
        l1 = i32x4.add(l1, i32x4.dot_i16x8_s(p1, low))
        l2 = i32x4.add(l2, i32x4.dot_i16x8_s(p2, low))
        l3 = i32x4.add(l3, i32x4.dot_i16x8_s(p3, low))
        p += <usize>(2 * line)
        w += 8
      }
      const s0 = i32x4.shr_s(i32x4.add(i32x4.shl(h0, LOW), l0), PRECISION)
      const s1 = i32x4.shr_s(i32x4.add(i32x4.shl(h1, LOW), l1), PRECISION)
      const s2 = i32x4.shr_s(i32x4.add(i32x4.shl(h2, LOW), l2), PRECISION)
      const s3 = i32x4.shr_s(i32x4.add(i32x4.shl(h3, LOW), l3), PRECISION)
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(s0, s1), i16x8.narrow_i32x4_s(s2, s3))
      // The last 16 bytes of a line reach into the next one, which is written afterwards.
      v128.store(to + <usize>x, bytes)
    }
  }
}
