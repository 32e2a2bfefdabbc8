/** Changes of colour in float32, as kernels/color.ts has them for machines without SIMD. `out` may be `src`. */

/** Four pixels of three bytes, a channel each. */
// @ts-ignore: decorator
@inline
function reds(bytes: v128): v128 {
  return i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1))
}

// @ts-ignore: decorator
@inline
function greens(bytes: v128): v128 {
  return i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1))
}

// @ts-ignore: decorator
@inline
function blues(bytes: v128): v128 {
  return i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1))
}

/** ITU-R 601 with torchvision's digits, rounded down: no quotient is near enough to the next whole number to become it. */
// @ts-ignore: decorator
@inline
function luma(r: v128, g: v128, b: v128): v128 {
  const sum = i32x4.add(
    i32x4.add(i32x4.mul(r, i32x4.splat(2989)), i32x4.mul(g, i32x4.splat(5870))), i32x4.mul(b, i32x4.splat(1140))
  )
  return i32x4.trunc_sat_f32x4_u(f32x4.div(f32x4.convert_i32x4_u(sum), f32x4.splat(10000)))
}

/** Whole numbers within a byte. */
// @ts-ignore: decorator
@inline
function rounded(values: v128): v128 {
  const nearest = i32x4.trunc_sat_f32x4_s(f32x4.nearest(values))
  return i32x4.min_s(i32x4.max_s(nearest, i32x4.splat(0)), i32x4.splat(255))
}

/** Writes `count` of four pixels. */
// @ts-ignore: decorator
@inline
function store4(out: usize, r: v128, g: v128, b: v128, count: i32): void {
  const words = v128.or(v128.or(r, i32x4.shl(g, 8)), i32x4.shl(b, 16))
  let bytes = i8x16.swizzle(words, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1))
  if (count >= 4) {
    v128.store64_lane(out, bytes, 0)
    v128.store32_lane(out, bytes, 2, 8)
    return
  }
  for (let i = 0; i < 3 * count; i++) {
    v128.store8_lane(out + <usize>i, bytes, 0)
    bytes = i8x16.shuffle(bytes, bytes, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0)
  }
}

// @ts-ignore: decorator
@inline
function scaled(values: v128, factor: f32, offset: v128): v128 {
  return rounded(f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(values), f32x4.splat(factor)), offset))
}

/** Each byte times `factor`, plus `offset`. */
export function linear(src: usize, out: usize, count: i32, factor: f32, offset: f32): void {
  const plus = f32x4.splat(offset)
  for (let i = 0; i < count; i += 16, src += 16, out += 16) {
    const bytes = v128.load(src)
    const low = i16x8.extend_low_i8x16_u(bytes)
    const high = i16x8.extend_high_i8x16_u(bytes)
    const first = i16x8.narrow_i32x4_s(
      scaled(i32x4.extend_low_i16x8_u(low), factor, plus), scaled(i32x4.extend_high_i16x8_u(low), factor, plus)
    )
    const second = i16x8.narrow_i32x4_s(
      scaled(i32x4.extend_low_i16x8_u(high), factor, plus), scaled(i32x4.extend_high_i16x8_u(high), factor, plus)
    )
    let made = i8x16.narrow_i16x8_u(first, second)
    if (i + 16 <= count) v128.store(out, made)
    else {
      for (let k = 0; k < count - i; k++) {
        v128.store8_lane(out + <usize>k, made, 0)
        made = i8x16.shuffle(made, made, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0)
      }
    }
  }
}

/** The sum of the greys of all pixels. */
export function lumaSum(src: usize, pixels: i32): f64 {
  let total: f64 = 0
  let i = 0
  while (i + 4 <= pixels) {
    const end = min(pixels, i + (1 << 20)) // so that no lane overflows
    let sum = i32x4.splat(0)
    for (; i + 4 <= end; i += 4, src += 12) {
      const bytes = v128.load(src)
      sum = i32x4.add(sum, luma(reds(bytes), greens(bytes), blues(bytes)))
    }
    total += <f64>i32x4.extract_lane(sum, 0) + <f64>i32x4.extract_lane(sum, 1)
    total += <f64>i32x4.extract_lane(sum, 2) + <f64>i32x4.extract_lane(sum, 3)
  }
  for (; i < pixels; i++, src += 3) {
    const bytes = v128.load(src)
    total += <f64>i32x4.extract_lane(luma(reds(bytes), greens(bytes), blues(bytes)), 0)
  }
  return total
}

/** Each channel times `factor`, plus the grey times `rest`. */
export function saturation(src: usize, out: usize, pixels: i32, factor: f32, rest: f32): void {
  for (let i = 0; i < pixels; i += 4, src += 12, out += 12) {
    const bytes = v128.load(src)
    const r = reds(bytes)
    const g = greens(bytes)
    const b = blues(bytes)
    const grey = f32x4.mul(f32x4.convert_i32x4_s(luma(r, g, b)), f32x4.splat(rest))
    store4(out, scaled(r, factor, grey), scaled(g, factor, grey), scaled(b, factor, grey), pixels - i)
  }
}

/** The channel whose hue is at `peak` sixths of the circle. */
// @ts-ignore: decorator
@inline
function channel(hue: v128, peak: f32, most: v128, range: v128): v128 {
  const apart = f32x4.abs(f32x4.sub(hue, f32x4.splat(peak)))
  const distance = v128.bitselect(f32x4.sub(f32x4.splat(6), apart), apart, f32x4.gt(apart, f32x4.splat(3)))
  const fall = f32x4.min(f32x4.splat(1), f32x4.max(f32x4.splat(0), f32x4.sub(distance, f32x4.splat(1))))
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.sub(most, f32x4.mul(range, fall))))
}

/** Turns the hue by so many sixths of the circle, from −3 to 3. */
export function hue(src: usize, out: usize, pixels: i32, turn: f32): void {
  const zero = f32x4.splat(0)
  const circle = f32x4.splat(6)
  for (let i = 0; i < pixels; i += 4, src += 12, out += 12) {
    const bytes = v128.load(src)
    const r = f32x4.convert_i32x4_s(reds(bytes))
    const g = f32x4.convert_i32x4_s(greens(bytes))
    const b = f32x4.convert_i32x4_s(blues(bytes))
    const most = f32x4.max(r, f32x4.max(g, b))
    const range = f32x4.sub(most, f32x4.min(r, f32x4.min(g, b)))
    // Where there is no range, the hue is of no account.
    const divisor = f32x4.max(range, f32x4.splat(1))
    const ofRed = f32x4.div(f32x4.sub(g, b), divisor)
    const ofGreen = f32x4.add(f32x4.splat(2), f32x4.div(f32x4.sub(b, r), divisor))
    const ofBlue = f32x4.add(f32x4.splat(4), f32x4.div(f32x4.sub(r, g), divisor))
    const others = v128.bitselect(ofGreen, ofBlue, f32x4.eq(most, g))
    const turned = f32x4.add(v128.bitselect(ofRed, others, f32x4.eq(most, r)), f32x4.splat(turn))
    const low = v128.bitselect(f32x4.add(turned, circle), turned, f32x4.lt(turned, zero))
    const at = v128.bitselect(f32x4.sub(low, circle), low, f32x4.ge(low, circle))
    store4(
      out, channel(at, 0, most, range), channel(at, 2, most, range), channel(at, 4, most, range), pixels - i
    )
  }
}
