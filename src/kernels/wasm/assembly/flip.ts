/** Exchanging left and right, as kernels/randomFlip.ts has it for machines without SIMD. */

/** Pixels of 3 bytes that fit a vector. */
const FIT: i32 = 5

/**
 * Lines of 3 channels. Each is copied to `line` first, so `out` may be `src`. Loads begin a byte before `line`.
 */
export function flipColumns3(src: usize, out: usize, width: i32, height: i32, line: usize): void {
  const bytes = <usize>(3 * width)
  const reversed = i8x16(13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0)
  for (let y = 0; y < height; y++) {
    memory.copy(line, src, bytes)
    let from = line + bytes
    let to = out
    let x = 0
    for (; x + FIT < width; x += FIT) {
      from -= 3 * FIT
      // The byte behind the five pixels is written anew by the next one, which there is.
      v128.store(to, i8x16.swizzle(v128.load(from - 1), reversed))
      to += 3 * FIT
    }
    for (; x < width; x++) {
      from -= 3
      store<u16>(to, load<u16>(from))
      store<u8>(to, load<u8>(from, 2), 2)
      to += 3
    }
    src += bytes
    out += bytes
  }
}
