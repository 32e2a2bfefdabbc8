/**
 * Antialiased resampling in fixed point, as kernels/resample.ts has it for machines without SIMD. Sums are whole numbers,
 * so both give the same bytes. Loads and stores reach up to 16 bytes beyond what is used: callers leave room for them.
 */

const PRECISION: i32 = 22
const HALF: i32 = 1 << (PRECISION - 1)

/** Four bytes as 32-bit integers. */
// @ts-ignore: decorator
@inline
function pixel(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)))
}

/** Makes lines of `outWidth` pixels of `rows` lines, for 3 or 4 channels: one vector a pixel. */
export function columns(
  src: usize,
  line: i32,
  rows: i32,
  first: usize,
  count: usize,
  weights: usize,
  stride: i32,
  out: usize,
  outWidth: i32,
  channels: i32
): void {
  let to = out
  for (let y = 0; y < rows; y++) {
    const row = src + <usize>(y * line)
    for (let x = 0; x < outWidth; x++) {
      let from = row + <usize>(channels * load<i32>(first + (<usize>x << 2)))
      const n = load<i32>(count + (<usize>x << 2))
      let w = weights + (<usize>(x * stride) << 2)
      let sum = i32x4.splat(HALF)
      for (let k = 0; k < n; k++) {
        sum = i32x4.add(sum, i32x4.mul(pixel(from), v128.load32_splat(w)))
        from += <usize>channels
        w += 4
      }
      sum = i32x4.shr_s(sum, PRECISION)
      // With 3 channels this writes one byte too many, which the next pixel overwrites.
      v128.store32_lane(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(sum, sum), sum), 0)
      to += <usize>channels
    }
  }
}

/** The same for 1 or 2 channels. */
export function columnsAny(
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

/**
 * Makes each line of several lines, which are as long: `line` bytes. Lines are taken in pairs, and weights in two halves
 * of 11 bits, so that one instruction multiplies and adds both lines.
 */
export function rows(
  src: usize, line: i32,
  first: usize, count: usize, weights: usize, stride: i32,
  out: usize, height: i32
): void {
  const half = i32x4.splat(HALF)
  for (let y = 0; y < height; y++) {
    const from = src + <usize>(load<i32>(first + (<usize>y << 2)) * line)
    const n = load<i32>(count + (<usize>y << 2))
    const w0 = weights + (<usize>(y * stride) << 2)
    const to = out + <usize>(y * line)
    let x = 0
    for (; x < line; x += 16) {
      let h0 = i32x4.splat(0), h1 = h0, h2 = h0, h3 = h0
      let l0 = half, l1 = half, l2 = half, l3 = half
      let p = from + <usize>x
      let w = w0
      for (let k = 0; k < n; k += 2) {
        const a = v128.load(p)
        const wa = load<i32>(w)
        let b = a
        let wb = 0
        if (k + 1 < n) {
          b = v128.load(p + <usize>line)
          wb = load<i32>(w + 4)
        }
        const lo = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
        const hi = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
        const p0 = i16x8.extend_low_i8x16_u(lo)
        const p1 = i16x8.extend_high_i8x16_u(lo)
        const p2 = i16x8.extend_low_i8x16_u(hi)
        const p3 = i16x8.extend_high_i8x16_u(hi)
        const high = i32x4.splat((wa >> 11) | ((wb >> 11) << 16))
        const low = i32x4.splat((wa & 2047) | ((wb & 2047) << 16))
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
      const s0 = i32x4.shr_s(i32x4.add(i32x4.shl(h0, 11), l0), PRECISION)
      const s1 = i32x4.shr_s(i32x4.add(i32x4.shl(h1, 11), l1), PRECISION)
      const s2 = i32x4.shr_s(i32x4.add(i32x4.shl(h2, 11), l2), PRECISION)
      const s3 = i32x4.shr_s(i32x4.add(i32x4.shl(h3, 11), l3), PRECISION)
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(s0, s1), i16x8.narrow_i32x4_s(s2, s3))
      // The last 16 bytes of a line reach into the next one, which is written afterwards.
      v128.store(to + <usize>x, bytes)
    }
  }
}
