/** Separable filtering of float32 planes, as kernels/gaussian.ts has it for machines without SIMD: every sum is made in the same order. */

/** A row, between what stands beyond its ends. */
// @ts-ignore: decorator
@inline
function pad(row: usize, width: i32, channels: i32, radius: i32, reflect: bool, out: usize): void {
  const pixel = <usize>(4 * channels)
  const margin = <usize>radius * pixel
  const middle = out + margin
  const bytes = <usize>width * pixel
  if (middle != row) memory.copy(middle, row, bytes)
  if (!reflect) {
    memory.fill(out, 0, margin)
    memory.fill(middle + bytes, 0, margin)
    return
  }
  for (let i = 1; i <= radius; i++) {
    const before = middle - <usize>i * pixel
    const after = middle + bytes + <usize>(i - 1) * pixel
    if (pixel == 4) {
      // A number by itself costs less than a call that copies it.
      store<f32>(before, load<f32>(row + <usize>(mirrored(-i, width) << 2)))
      store<f32>(after, load<f32>(row + <usize>(mirrored(width - 1 + i, width) << 2)))
    } else {
      memory.copy(before, row + <usize>mirrored(-i, width) * pixel, pixel)
      memory.copy(after, row + <usize>mirrored(width - 1 + i, width) * pixel, pixel)
    }
  }
}

/** The index that stands in for one beyond the border, however far. */
function mirrored(i: i32, n: i32): i32 {
  const near = i < 0 ? -i : i < n ? i : 2 * (n - 1) - i
  if (<u32>near < <u32>n) return near
  if (n == 1) return 0
  const period = 2 * (n - 1)
  const at = ((i % period) + period) % period
  return at < n ? at : period - at
}

/** Filters `count` values: `step` bytes lie between the neighbours of one. */
// @ts-ignore: decorator
@inline
function filter(from: usize, step: usize, half: usize, radius: i32, out: usize, count: i32): void {
  let i = 0
  for (; i + 16 <= count; i += 16, from += 64, out += 64) {
    const first = v128.load32_splat(half)
    let s0 = f32x4.mul(first, v128.load(from))
    let s1 = f32x4.mul(first, v128.load(from, 16))
    let s2 = f32x4.mul(first, v128.load(from, 32))
    let s3 = f32x4.mul(first, v128.load(from, 48))
    let before = from - step
    let after = from + step
    for (let k = 1; k <= radius; k++, before -= step, after += step) {
      const weight = v128.load32_splat(half + (<usize>k << 2))
      s0 = f32x4.add(s0, f32x4.mul(weight, f32x4.add(v128.load(before), v128.load(after))))
      s1 = f32x4.add(s1, f32x4.mul(weight, f32x4.add(v128.load(before, 16), v128.load(after, 16))))
      s2 = f32x4.add(s2, f32x4.mul(weight, f32x4.add(v128.load(before, 32), v128.load(after, 32))))
      s3 = f32x4.add(s3, f32x4.mul(weight, f32x4.add(v128.load(before, 48), v128.load(after, 48))))
    }
    v128.store(out, s0)
    v128.store(out, s1, 16)
    v128.store(out, s2, 32)
    v128.store(out, s3, 48)
  }
  for (; i < count; i++, from += 4, out += 4) {
    let sum = load<f32>(half) * load<f32>(from)
    let before = from - step
    let after = from + step
    for (let k = 1; k <= radius; k++, before -= step, after += step) {
      sum += load<f32>(half + (<usize>k << 2)) * (load<f32>(before) + load<f32>(after))
    }
    store<f32>(out, sum)
  }
}

/**
 * Filters rows, then columns, of a plane in place.
 *
 * @param padded room for a row and 2 × `radius` pixels
 * @param between room for `height` + 2 × `radius` rows
 */
export function blur(
  data: usize, height: i32, width: i32, channels: i32,
  half: usize, radius: i32, reflect: bool, padded: usize, between: usize
): void {
  const count = width * channels
  const line = <usize>(4 * count)
  const margin = <usize>radius * line
  const middle = padded + <usize>(4 * radius * channels)
  const first = between + margin
  for (let y = 0; y < height; y++) {
    pad(data + <usize>y * line, width, channels, radius, reflect, padded)
    filter(middle, <usize>(4 * channels), half, radius, first + <usize>y * line, count)
  }
  pad(first, height, count, radius, reflect, between)
  filter(first, line, half, radius, data, height * count)
}

/** Bytes as floats; reads and writes up to 16 beyond the last. */
export function toFloats(bytes: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(out + (<usize>i << 2), f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(v128.load8x8_u(bytes + <usize>i))))
  }
}

/** Floats as bytes, rounded half to even; reads and writes up to 16 beyond the last. */
export function toBytes(floats: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 8, floats += 32) {
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(floats)))
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(v128.load(floats, 16)))
    const words = i16x8.narrow_i32x4_s(low, high)
    v128.store64_lane(out + <usize>i, i8x16.narrow_i16x8_u(words, words), 0)
  }
}
