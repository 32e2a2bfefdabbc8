/**
 * One pixel at any place, bilinear, as kernels/bilinear.ts has it for machines without SIMD. Weights have 14 bits, the mean
 * of two pixels of a line 7 bits behind the point, and sums are whole numbers, so both give the same bytes.
 */

/** A weight of 1. */
export const ONE: i32 = 1 << 14
/** Added to a number, it leaves the nearest whole one in the last bits, of two the even one. */
export const ROUND: f64 = 6755399441055744
const FAR: f64 = 1073741824 // whole numbers are still exact there

const CONSTANT: i32 = 0
const EDGE: i32 = 1
const WRAP: i32 = 3

/** The pixel that stands in for the `i`-th of a line of `n`; −1 for the fill. */
// @ts-ignore: decorator
@inline
function standIn(i: i32, n: i32, border: i32): i32 {
  return <u32>i < <u32>n ? i : beyond(i, n, border)
}

function beyond(i: i32, n: i32, border: i32): i32 {
  if (border == CONSTANT) return -1
  if (border == EDGE) return i < 0 ? 0 : n - 1
  if (border == WRAP) return modulo(i, n)
  if (n == 1) return 0
  const period = 2 * (n - 1)
  const within = modulo(i, period)
  return within < n ? within : period - within
}

// @ts-ignore: decorator
@inline
function modulo(i: i32, n: i32): i32 {
  const rest = i % n
  return rest < 0 ? rest + n : rest
}

// @ts-ignore: decorator
@inline
function near(place: f64): f64 {
  return place > FAR ? FAR : place < -FAR ? -FAR : place
}

/** Weights of both of a pair, from that of the second. */
// @ts-ignore: decorator
@inline
export function pair(second: v128): v128 {
  return v128.or(i32x4.sub(i32x4.splat(ONE), second), i32x4.shl(second, 16))
}

/** The mean of four pixels, a channel in each lane; in `upper` and `lower` a right value follows each left one. */
// @ts-ignore: decorator
@inline
export function mean(upper: v128, lower: v128, across: v128, down: v128): v128 {
  const half = i32x4.splat(64)
  const top = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(upper, across), half), 7)
  const bottom = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(lower, across), half), 7)
  const sum = i32x4.dot_i16x8_s(v128.or(top, i32x4.shl(bottom, 16)), down)
  const last = v128.and(i32x4.shr_u(sum, 21), i32x4.splat(1))
  return i32x4.shr_u(i32x4.add(i32x4.add(sum, last), i32x4.splat(0xfffff)), 21)
}

/** Two pixels as `mean` takes them. */
// @ts-ignore: decorator
@inline
function interleaved(left: usize, right: usize): v128 {
  const both = i8x16.shuffle(
    v128.load32_zero(left), v128.load32_zero(right), 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
  )
  return i16x8.extend_low_i8x16_u(both)
}

// @ts-ignore: decorator
@inline
function weights(place: f64, whole: f64): v128 {
  return pair(i32x4.splat(<i32>reinterpret<i64>((place - whole) * <f64>ONE + ROUND)))
}

/** The pixel at any place, with neighbours beyond the border or not. */
export function pixelAt(
  src: usize, width: i32, height: i32, channels: i32, x: f64, y: f64, border: i32, fill: usize, out: usize
): void {
  let bytes: v128
  if (x != x || y != y) bytes = v128.load32_zero(fill)
  else {
    const across = near(x)
    const down = near(y)
    const left = floor(across)
    const top = floor(down)
    const x0 = standIn(<i32>left, width, border)
    const x1 = standIn(<i32>left + 1, width, border)
    const y0 = standIn(<i32>top, height, border)
    const y1 = standIn(<i32>top + 1, height, border)
    const upper = src + <usize>y0 * <usize>(width * channels)
    const lower = src + <usize>y1 * <usize>(width * channels)
    const pixel = mean(
      interleaved(
        y0 < 0 || x0 < 0 ? fill : upper + <usize>(x0 * channels),
        y0 < 0 || x1 < 0 ? fill : upper + <usize>(x1 * channels)
      ),
      interleaved(
        y1 < 0 || x0 < 0 ? fill : lower + <usize>(x0 * channels),
        y1 < 0 || x1 < 0 ? fill : lower + <usize>(x1 * channels)
      ),
      weights(across, left),
      weights(down, top)
    )
    const words = i16x8.narrow_i32x4_s(pixel, pixel)
    bytes = i8x16.narrow_i16x8_u(words, words)
  }
  store<u8>(out, i8x16.extract_lane_u(bytes, 0))
  if (channels > 1) store<u8>(out, i8x16.extract_lane_u(bytes, 1), 1)
  if (channels > 2) store<u8>(out, i8x16.extract_lane_u(bytes, 2), 2)
  if (channels > 3) store<u8>(out, i8x16.extract_lane_u(bytes, 3), 3)
}
