/**
 * Bytes to normalised floats, of one image or of two blended, as kernels/normalize.ts and kernels/blend.ts have it for
 * machines without SIMD. 12 scales and offsets are those of the channels again and again, so that there may be 1 to 4.
 */

/** Four values of a sum, normalised. */
// @ts-ignore: decorator
@inline
function normal(sum: v128, scale: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), offset)
}

/** Sixteen values. */
// @ts-ignore: decorator
@inline
function normalize16(bytes: v128, out: usize, s0: v128, s1: v128, s2: v128, b0: v128, b1: v128, b2: v128): void {
  const low = i16x8.extend_low_i8x16_u(bytes)
  const high = i16x8.extend_high_i8x16_u(bytes)
  v128.store(out, normal(i32x4.extend_low_i16x8_u(low), s0, b0))
  v128.store(out, normal(i32x4.extend_high_i16x8_u(low), s1, b1), 16)
  v128.store(out, normal(i32x4.extend_low_i16x8_u(high), s2, b2), 32)
  v128.store(out, normal(i32x4.extend_high_i16x8_u(high), s0, b0), 48)
}

// @ts-ignore: decorator
@inline
function normalOne(value: i32, i: i32, scales: usize, offsets: usize): f32 {
  const at = <usize>(i % 12) << 2
  return <f32>value * load<f32>(scales + at) + load<f32>(offsets + at)
}

/** Normalises one image. */
export function normalize(src: usize, out: usize, count: i32, scales: usize, offsets: usize): void {
  const s0 = v128.load(scales), s1 = v128.load(scales, 16), s2 = v128.load(scales, 32)
  const b0 = v128.load(offsets), b1 = v128.load(offsets, 16), b2 = v128.load(offsets, 32)
  let i = 0
  for (; i + 48 <= count; i += 48, src += 48, out += 192) {
    normalize16(v128.load(src), out, s0, s1, s2, b0, b1, b2)
    normalize16(v128.load(src, 16), out + 64, s1, s2, s0, b1, b2, b0)
    normalize16(v128.load(src, 32), out + 128, s2, s0, s1, b2, b0, b1)
  }
  for (; i < count; i++, src++, out += 4) store<f32>(out, normalOne(load<u8>(src), i, scales, offsets))
}

/** Pairs of bytes of two images: the exact sum in units of 1 / 65,536. */
// @ts-ignore: decorator
@inline
function sumOf(pairs: v128, weights: v128): v128 {
  const total = i32x4.dot_i16x8_s(pairs, i16x8.splat(1))
  return i32x4.add(i32x4.dot_i16x8_s(pairs, weights), i32x4.shl(total, 15))
}

/** Weights of both, less one half: −32,767 to 32,767. */
// @ts-ignore: decorator
@inline
function weightsOf(own: i32): v128 {
  const more = own - 32768
  return i32x4.splat((more & 0xffff) | (-more << 16))
}

// @ts-ignore: decorator
@inline
function blend16(
  a: v128, b: v128, weights: v128, out: usize, s0: v128, s1: v128, s2: v128, b0: v128, b1: v128, b2: v128
): void {
  const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
  v128.store(out, normal(sumOf(i16x8.extend_low_i8x16_u(low), weights), s0, b0))
  v128.store(out, normal(sumOf(i16x8.extend_high_i8x16_u(low), weights), s1, b1), 16)
  v128.store(out, normal(sumOf(i16x8.extend_low_i8x16_u(high), weights), s2, b2), 32)
  v128.store(out, normal(sumOf(i16x8.extend_high_i8x16_u(high), weights), s0, b0), 48)
}

// @ts-ignore: decorator
@inline
function sumOne(src: usize, other: usize, own: i32): i32 {
  return <i32>load<u8>(src) * own + <i32>load<u8>(other) * (65536 - own)
}

/**
 * Blends two images and normalises.
 *
 * @param own weight of the first in units of 1 / 65,536; 1 to 65,535
 */
export function blendNormalized(
  src: usize, other: usize, own: i32, out: usize, count: i32, scales: usize, offsets: usize
): void {
  const weights = weightsOf(own)
  const unit = f32x4.splat(1.0 / 65536.0)
  const s0 = f32x4.mul(unit, v128.load(scales))
  const s1 = f32x4.mul(unit, v128.load(scales, 16))
  const s2 = f32x4.mul(unit, v128.load(scales, 32))
  const b0 = v128.load(offsets), b1 = v128.load(offsets, 16), b2 = v128.load(offsets, 32)
  let i = 0
  for (; i + 48 <= count; i += 48, src += 48, other += 48, out += 192) {
    blend16(v128.load(src), v128.load(other), weights, out, s0, s1, s2, b0, b1, b2)
    blend16(v128.load(src, 16), v128.load(other, 16), weights, out + 64, s1, s2, s0, b1, b2, b0)
    blend16(v128.load(src, 32), v128.load(other, 32), weights, out + 128, s2, s0, s1, b2, b0, b1)
  }
  for (; i < count; i++, src++, other++, out += 4) {
    const at = <usize>(i % 12) << 2
    const scale = load<f32>(scales + at) * <f32>(1.0 / 65536.0)
    store<f32>(out, <f32>sumOne(src, other, own) * scale + load<f32>(offsets + at))
  }
}

// @ts-ignore: decorator
@inline
function rounded(sum: v128): v128 {
  const last = v128.and(i32x4.shr_u(sum, 16), i32x4.splat(1))
  return i32x4.shr_u(i32x4.add(i32x4.add(sum, last), i32x4.splat(0x7fff)), 16)
}

/** Blends another image into one, rounded half to even; weights as above. */
export function blendBytes(src: usize, other: usize, own: i32, count: i32): void {
  const weights = weightsOf(own)
  let i = 0
  for (; i + 16 <= count; i += 16, src += 16, other += 16) {
    const a = v128.load(src)
    const b = v128.load(other)
    const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    const first = i16x8.narrow_i32x4_s(
      rounded(sumOf(i16x8.extend_low_i8x16_u(low), weights)), rounded(sumOf(i16x8.extend_high_i8x16_u(low), weights))
    )
    const second = i16x8.narrow_i32x4_s(
      rounded(sumOf(i16x8.extend_low_i8x16_u(high), weights)), rounded(sumOf(i16x8.extend_high_i8x16_u(high), weights))
    )
    v128.store(src, i8x16.narrow_i16x8_u(first, second))
  }
  for (; i < count; i++, src++, other++) {
    const sum = sumOne(src, other, own)
    store<u8>(src, <u8>((sum + 0x7fff + ((sum >>> 16) & 1)) >>> 16))
  }
}
