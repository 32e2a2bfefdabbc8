/** Uniform noise by Threefry4x32-20, four blocks at a time, as kernels/noise.ts draws it with a generator. */

const PARITY: i32 = 0x1bd11bda

// @ts-ignore: decorator
@inline
function rotated(word: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(word, bits), i32x4.shr_u(word, 32 - bits))
}

/** Sixteen bytes as numbers in (−1, 1): (byte − 127.5) / 128. */
// @ts-ignore: decorator
@inline
function spread(bytes: v128, out: usize): void {
  const low = i16x8.extend_low_i8x16_u(bytes)
  const high = i16x8.extend_high_i8x16_u(bytes)
  v128.store(out, level(i32x4.extend_low_i16x8_u(low)))
  v128.store(out, level(i32x4.extend_high_i16x8_u(low)), 16)
  v128.store(out, level(i32x4.extend_low_i16x8_u(high)), 32)
  v128.store(out, level(i32x4.extend_high_i16x8_u(high)), 48)
}

// @ts-ignore: decorator
@inline
function level(bytes: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(bytes), f32x4.splat(127.5)), f32x4.splat(1.0 / 128.0))
}

/**
 * Fills `count` floats from the stream of a place.
 *
 * @param rest room for the last ones, 256 bytes
 */
export function noise(out: usize, count: i32, place: i32, k0: i32, k1: i32, k2: i32, k3: i32, rest: usize): void {
  let block = 0
  for (; count >= 64; count -= 64, block += 4, out += 256) fourBlocks(out, block, place, k0, k1, k2, k3)
  if (count > 0) {
    fourBlocks(rest, block, place, k0, k1, k2, k3)
    memory.copy(out, rest, <usize>count << 2)
  }
}

/** 64 floats. */
function fourBlocks(out: usize, block: i32, place: i32, k0: i32, k1: i32, k2: i32, k3: i32): void {
  const k4 = PARITY ^ k0 ^ k1 ^ k2 ^ k3
  let a = i32x4.add(i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), i32x4.splat(k0))
  let b = i32x4.splat(place + k1)
  let c = i32x4.splat(k2)
  let d = i32x4.splat(k3)
  let q0 = k0, q1 = k1, q2 = k2, q3 = k3, q4 = k4
  for (let group = 1; group <= 5; group++) {
    const odd = (group & 1) != 0
    a = i32x4.add(a, b)
    b = v128.xor(odd ? rotated(b, 10) : rotated(b, 6), a)
    c = i32x4.add(c, d)
    d = v128.xor(odd ? rotated(d, 26) : rotated(d, 20), c)
    a = i32x4.add(a, d)
    d = v128.xor(odd ? rotated(d, 11) : rotated(d, 17), a)
    c = i32x4.add(c, b)
    b = v128.xor(odd ? rotated(b, 21) : rotated(b, 11), c)
    a = i32x4.add(a, b)
    b = v128.xor(odd ? rotated(b, 13) : rotated(b, 25), a)
    c = i32x4.add(c, d)
    d = v128.xor(odd ? rotated(d, 27) : rotated(d, 10), c)
    a = i32x4.add(a, d)
    d = v128.xor(odd ? rotated(d, 23) : rotated(d, 18), a)
    c = i32x4.add(c, b)
    b = v128.xor(odd ? rotated(b, 5) : rotated(b, 20), c)
    const k = q0
    q0 = q1
    q1 = q2
    q2 = q3
    q3 = q4
    q4 = k
    a = i32x4.add(a, i32x4.splat(q0))
    b = i32x4.add(b, i32x4.splat(q1))
    c = i32x4.add(c, i32x4.splat(q2))
    d = i32x4.add(d, i32x4.splat(q3 + group))
  }
  // From a word of each block to the words of one block.
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
  const ab2 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
  const cd2 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
  spread(i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), out)
  spread(i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), out + 64)
  spread(i8x16.shuffle(ab2, cd2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), out + 128)
  spread(i8x16.shuffle(ab2, cd2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), out + 192)
}
