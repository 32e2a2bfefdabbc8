// npm run fuzz:native [-- --count N --from N]: gives damaged JPEGs to the addon in a process of its own, which must neither
// crash nor write outside its room, and must give the same twice. Every case is a number: the same one is the same case.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jpegHeader } from '#dist/codecs/jpegHeader.js'
import { loadNative } from '#dist/codecs/platform.js'
import { Rng, rngKey } from '#dist/random/rng.js'

/** Cases of one process, which costs as much as some thousands of them. */
const PORTION = 10_000
/** Larger images are left out: they take long, and nothing about them is new. */
const MAX_PIXELS = 1 << 22
const GUARD = 4096

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    child: { type: 'boolean', default: false }
  }
})
const [from, count] = [Number(values.from), Number(values.count)]

if (values.child) attack(from, count)
else if (loadNative() === undefined) console.log('Skipped: the addon is not built (npm run build:native).')
else run()

function run() {
  const script = fileURLToPath(import.meta.url)
  const sums = { decoded: 0, refused: 0 }
  for (let at = from; at < from + count; at += PORTION) {
    const part = Math.min(PORTION, from + count - at)
    const args = [script, '--child', '--from', String(at), '--count', String(part)]
    const { status, signal, stdout } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = String(stdout).trim().split('\n')
    if (status !== 0) {
      console.error(`The process ended with ${signal ?? status} in or after case ${lines.at(-1)}.`)
      process.exit(1)
    }
    const { decoded, refused } = JSON.parse(lines.at(-1))
    sums.decoded += decoded
    sums.refused += refused
  }
  console.log(`${count} damaged JPEGs: ${sums.decoded} decoded, ${sums.refused} refused, no crash`)
}

function attack(from, count) {
  const addon = loadNative()
  const folder = fileURLToPath(new URL('../test/fixtures/codecs/', import.meta.url))
  const names = readdirSync(folder).filter(name => name.endsWith('.jpg'))
  const files = names.map(name => readFileSync(folder + name))
  const rng = new Rng()
  const key = rngKey(1, 'fuzz', 'native', 0)
  const sums = { decoded: 0, refused: 0 }
  for (let i = from; i < from + count; i++) {
    if (i % 100 === 0) process.stdout.write(`${i}\n`)
    rng.reset(key, 0, i)
    const jpeg = mutated(rng, files)
    const { width, height } = jpegHeader(jpeg) ?? { width: 1 + rng.int(200), height: 1 + rng.int(200) }
    if (width * height > MAX_PIXELS) continue
    const args = [width, height, ...randomPart(rng, width, height)]
    const [first, again] = [decode(addon, jpeg, args), decode(addon, jpeg, args)]
    if (first.left !== again.left || (first.left >= 0 && !first.pixels.equals(again.pixels))) {
      throw new Error(`Case ${i} gives other pixels when it is repeated.`)
    }
    sums[first.left < 0 ? 'refused' : 'decoded']++
  }
  console.log(JSON.stringify(sums))
}

/** A part of an image, shrunk or not. */
function randomPart(rng, width, height) {
  const shrink = [1, 1, 1, 2, 4, 8][rng.int(6)]
  const [w, h] = [Math.ceil(width / shrink), Math.ceil(height / shrink)]
  const [columns, lines] = rng.bool(0.2) ? [w, h] : [1 + rng.int(w), 1 + rng.int(h)]
  return [shrink, rng.int(w - columns + 1), rng.int(h - lines + 1), columns, lines]
}

/** Decodes with guards around the room, which is as large as the codec makes it, or as exactly as it can be. */
function decode(addon, jpeg, args) {
  const [width, , shrink, , , columns, lines] = args
  const room = 3 * lines * Math.min(Math.ceil(width / shrink), columns + 36)
  const memory = Buffer.alloc(room + 2 * GUARD, 0xa5)
  const pixels = memory.subarray(GUARD, GUARD + room)
  const left = addon.decode(jpeg, ...args, pixels)
  const guards = [memory.subarray(0, GUARD), memory.subarray(GUARD + room)]
  if (guards.some(guard => guard.some(byte => byte !== 0xa5))) throw new Error(`${args} wrote outside its room.`)
  return { left, pixels }
}

/** A file with some damage: to any bytes, to its header, to its length, or with a part of another file. */
function mutated(rng, files) {
  let bytes = Buffer.from(files[rng.int(files.length)])
  for (let times = 1 + rng.int(4); times > 0 && bytes.length > 4; times--) {
    const at = rng.int(bytes.length)
    const length = 1 + rng.int(Math.min(64, bytes.length))
    const other = files[rng.int(files.length)]
    const ways = [
      () => bytes.writeUInt8(rng.int(256), at),
      () => bytes.writeUInt8(bytes[at] ^ (1 << rng.int(8)), at),
      () => bytes.writeUInt8(rng.int(256), rng.int(Math.min(700, bytes.length))),
      () => bytes.writeUInt8([0x00, 0xff, 0xd0, 0xd9, 0x7f][rng.int(5)], at),
      () => setFrame(rng, bytes),
      () => {
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
      },
      () => {
        const from = rng.int(other.length)
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)])
      },
      () => {
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length - 1))])
      },
      () => {
        bytes = bytes.subarray(0, Math.max(4, at))
      }
    ]
    ways[rng.int(ways.length)]()
    if (rng.bool(0.5) && bytes.length > 4) bytes.writeUInt16BE(0xffd9, bytes.length - 2)
  }
  return bytes
}

/** Changes the size, the number of components, or their sampling. */
function setFrame(rng, bytes) {
  const at = bytes.findIndex((byte, i) => byte === 0xff && (bytes[i + 1] === 0xc0 || bytes[i + 1] === 0xc2))
  if (at < 0 || at + 20 > bytes.length) return
  const field = rng.int(4)
  if (field === 0) bytes.writeUInt16BE(1 + rng.int(300), at + 5)
  if (field === 1) bytes.writeUInt16BE(1 + rng.int(300), at + 7)
  if (field === 2) bytes.writeUInt8(1 + rng.int(4), at + 9)
  if (field === 3) bytes.writeUInt8((1 + rng.int(4)) * 16 + 1 + rng.int(4), at + 11 + 3 * rng.int(3))
}
