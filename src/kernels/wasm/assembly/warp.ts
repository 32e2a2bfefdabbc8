/**
 * Bilinear sampling of a row of places, as kernels/bilinear.ts has it for machines without SIMD. Weights have 14 bits,
 * the mean of two pixels of a line 7 bits behind the point, and sums are whole numbers, so both give the same bytes.
 * Loads reach up to 8 bytes beyond the image.
 */

const ONE: i32 = 1 << 14
/** Added to a number, it leaves the nearest whole one in the last bits, of two the even one. */
const ROUND: f64 = 6755399441055744
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
function pair(second: v128): v128 {
  return v128.or(i32x4.sub(i32x4.splat(ONE), second), i32x4.shl(second, 16))
}

/** The mean of four pixels, a channel in each lane; in `upper` and `lower` a right value follows each left one. */
// @ts-ignore: decorator
@inline
function mean(upper: v128, lower: v128, across: v128, down: v128): v128 {
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
function single(
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

/** Whether two places lie between the first and the last pixel. */
// @ts-ignore: decorator
@inline
function between(places: v128, last: v128): v128 {
  return v128.and(f64x2.ge(places, f64x2.splat(0)), f64x2.le(places, last))
}

/** Four places in units of 2^−14 pixels. */
// @ts-ignore: decorator
@inline
function fixed(first: v128, second: v128): v128 {
  const round = f64x2.splat(ROUND)
  const one = f64x2.splat(<f64>ONE)
  return i8x16.shuffle(
    f64x2.add(f64x2.mul(first, one), round), f64x2.add(f64x2.mul(second, one), round),
    0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
  )
}

// @ts-ignore: decorator
@inline
function inside(from: usize, line: usize, spread: v128, across: v128, down: v128): v128 {
  return mean(
    i8x16.swizzle(v128.load64_zero(from), spread), i8x16.swizzle(v128.load64_zero(from + line), spread), across, down
  )
}

// @ts-ignore: decorator
@inline
function row(
  src: usize, width: i32, height: i32, channels: i32,
  xs: usize, ys: usize, out: usize, count: i32, border: i32, fill: usize, spread: v128, packed: v128
): void {
  const line = width * channels
  const below = <usize>line
  const right = f64x2.splat(<f64>(width - 1) - 1.0 / <f64>ONE)
  const bottom = f64x2.splat(<f64>(height - 1) - 1.0 / <f64>ONE)
  const part = i32x4.splat(ONE - 1)
  let i = 0
  for (; i + 4 <= count; i += 4, xs += 32, ys += 32, out += <usize>(4 * channels)) {
    const x0 = v128.load(xs)
    const x1 = v128.load(xs, 16)
    const y0 = v128.load(ys)
    const y1 = v128.load(ys, 16)
    const inX = v128.and(between(x0, right), between(x1, right))
    const inY = v128.and(between(y0, bottom), between(y1, bottom))
    if (!i64x2.all_true(v128.and(inX, inY))) {
      for (let k = 0; k < 4; k++) {
        const place = <usize>k << 3
        single(
          src, width, height, channels, load<f64>(xs + place), load<f64>(ys + place), border, fill,
          out + <usize>(k * channels)
        )
      }
      continue
    }
    const x = fixed(x0, x1)
    const y = fixed(y0, y1)
    const across = pair(v128.and(x, part))
    const down = pair(v128.and(y, part))
    const at = i32x4.add(
      i32x4.mul(i32x4.shr_u(y, 14), i32x4.splat(line)), i32x4.mul(i32x4.shr_u(x, 14), i32x4.splat(channels))
    )
    const p0 = inside(
      src + <usize>i32x4.extract_lane(at, 0), below, spread,
      i8x16.shuffle(across, across, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3),
      i8x16.shuffle(down, down, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3)
    )
    const p1 = inside(
      src + <usize>i32x4.extract_lane(at, 1), below, spread,
      i8x16.shuffle(across, across, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7),
      i8x16.shuffle(down, down, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7)
    )
    const p2 = inside(
      src + <usize>i32x4.extract_lane(at, 2), below, spread,
      i8x16.shuffle(across, across, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11),
      i8x16.shuffle(down, down, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11)
    )
    const p3 = inside(
      src + <usize>i32x4.extract_lane(at, 3), below, spread,
      i8x16.shuffle(across, across, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15),
      i8x16.shuffle(down, down, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15)
    )
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(p0, p1), i16x8.narrow_i32x4_s(p2, p3))
    const pixels = i8x16.swizzle(bytes, packed)
    if (channels == 4) v128.store(out, pixels)
    else if (channels == 3) {
      v128.store64_lane(out, pixels, 0)
      v128.store32_lane(out, pixels, 2, 8)
    } else if (channels == 2) v128.store64_lane(out, pixels, 0)
    else v128.store32_lane(out, pixels, 0)
  }
  for (; i < count; i++, xs += 8, ys += 8, out += <usize>channels) {
    single(src, width, height, channels, load<f64>(xs), load<f64>(ys), border, fill, out)
  }
}

/**
 * Samples `count` places of `float64`; `border` is 0 for a constant, 1 for the edge, 2 for a mirror, 3 for the image
 * again, and `fill` a pixel.
 */
export function bilinear(
  src: usize, width: i32, height: i32, channels: i32,
  xs: usize, ys: usize, out: usize, count: i32, border: i32, fill: usize
): void {
  if (channels == 3) {
    const spread = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1)
    const packed = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1)
    row(src, width, height, 3, xs, ys, out, count, border, fill, spread, packed)
  } else if (channels == 1) {
    const spread = i8x16(0, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)
    const packed = i8x16(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)
    row(src, width, height, 1, xs, ys, out, count, border, fill, spread, packed)
  } else if (channels == 2) {
    const spread = i8x16(0, -1, 2, -1, 1, -1, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1)
    const packed = i8x16(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1)
    row(src, width, height, 2, xs, ys, out, count, border, fill, spread, packed)
  } else {
    const spread = i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, 3, -1, 7, -1)
    const packed = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    row(src, width, height, 4, xs, ys, out, count, border, fill, spread, packed)
  }
}
