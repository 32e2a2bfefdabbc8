/**
 * Bilinear sampling of a row of places: four at a time where none has a neighbour beyond the border, else one by one.
 * Loads reach up to 8 bytes beyond the image.
 */
import { mean, ONE, pair, pixelAt, ROUND } from './pixelAt'

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
        pixelAt(
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
    pixelAt(src, width, height, channels, load<f64>(xs), load<f64>(ys), border, fill, out)
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
