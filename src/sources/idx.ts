/** IDX files, the format of MNIST: big-endian header, then bytes. http://yann.lecun.com/exdb/mnist/ */
import { SourceError } from '../errors.js'
import { join, readBytes, readFolder } from './platform.js'

/** A split as IDX files give it. */
export interface IdxSplit {
  /** n × height × width bytes, in shared memory. */
  readonly pixels: Uint8Array<SharedArrayBuffer>
  readonly labels: Uint8Array
  readonly height: number
  readonly width: number
}

/** The split that lies in a folder as IDX files, plain or gzipped; undefined where the folder has no such file. */
export async function readIdxSplit(
  caller: string,
  dir: string,
  split: 'train' | 'test'
): Promise<IdxSplit | undefined> {
  const names = await readFolder(dir).catch(() => [] as string[])
  const idx = names.filter(name => IDX_NAME.test(name))
  if (idx.length === 0) return undefined
  const prefix = split === 'train' ? 'train' : 't10k'
  const images = await readIdx(caller, dir, idx, `${prefix}-images-idx3-ubyte`, 3)
  const labels = await readIdx(caller, dir, idx, `${prefix}-labels-idx1-ubyte`, 1)
  const [count, height, width] = images.dimensions as [number, number, number]
  if (labels.dimensions[0] !== count) {
    throw new SourceError(`${caller}: ${dir} has ${count} ${split} images, but ${labels.dimensions[0]} labels.`)
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(images.data.length))
  pixels.set(images.data)
  return { pixels, labels: labels.data, height, width }
}

/** Takes an IDX file of unsigned bytes apart. */
export function parseIdx(
  caller: string,
  name: string,
  bytes: Uint8Array
): { readonly dimensions: readonly number[]; readonly data: Uint8Array } {
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rank = bytes.length < 4 || header.getUint32(0) >>> 8 !== 8 ? 0 : bytes[3]! // 8: unsigned bytes
  if (rank === 0 || bytes.length < 4 + 4 * rank) {
    throw new SourceError(`${caller}: ${name} is no IDX file of unsigned bytes.`)
  }
  const dimensions = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i))
  const data = bytes.subarray(4 + 4 * rank)
  const expected = dimensions.reduce((product, n) => product * n, 1)
  if (data.length === expected) return { dimensions, data }
  throw new SourceError(
    `${caller}: ${name} should hold ${dimensions.join(' × ')} bytes, but holds ${data.length}; copy it again.`
  )
}

/** Both spellings that are in use: train-images-idx3-ubyte and train-images.idx3-ubyte. */
const IDX_NAME = /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/

async function readIdx(
  caller: string,
  dir: string,
  names: readonly string[],
  name: string,
  rank: number
): Promise<{ readonly dimensions: readonly number[]; readonly data: Uint8Array }> {
  const found = names.find(other => other.replace('.idx', '-idx').replace('.gz', '') === name)
  if (found === undefined) {
    throw new SourceError(`${caller}: ${dir} has ${names.join(', ')}, but not ${name} or ${name}.gz.`)
  }
  const path = join(dir, found)
  const bytes = await readBytes(path).catch(cause => {
    throw new SourceError(`${caller}: ${path} cannot be read (${cause.message}); copy it again.`, { cause })
  })
  const parsed = parseIdx(caller, path, bytes)
  if (parsed.dimensions.length === rank) return parsed
  throw new SourceError(`${caller}: ${path} has ${parsed.dimensions.length} dimensions instead of ${rank}.`)
}
