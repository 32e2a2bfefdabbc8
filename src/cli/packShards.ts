/** Makes shards of a folder of images, in the order of their names, and goes on where an earlier run was stopped. */
import { LoaderError } from '../errors.js'
import { type FoundImages, scanImages } from '../sources/scanImages.js'
import { formatIndex, parseIndex, scanShard } from '../sources/shardIndex.js'
import { openBytes } from '../storage/openBytes.js'
import { readText } from '../storage/readAll.js'
import { type Encoding, encodeImage } from './encode.js'
import { inOrder } from './inOrder.js'
import { memberNames } from './memberNames.js'
import { digest, exists, fileBytes, joined, moveFile, readWhole, writeFileWhole, writeTar } from './platform.js'
import type { Progress } from './progress.js'

export interface PackOptions {
  readonly dir: string
  readonly out: string
  /** Bytes after which a new shard begins. */
  readonly shardSize: number
  readonly encode: Encoding | undefined
  readonly skipBroken: boolean
  readonly jobs: number
  readonly progress: Progress
}

export interface Packed {
  readonly images: number
  readonly shards: number
  readonly skipped: number
  /** Whether there was nothing left to do. */
  readonly already: boolean
}

/** An image, and what is made of it. */
interface Item {
  readonly name: string
  readonly path: string
  readonly label: number
}

export async function packShards(options: PackOptions): Promise<Packed> {
  const { dir, out, progress } = options
  const found = await scanImages(dir)
  const classes = [...found.folders.keys()]
  const items = itemsOf(dir, found)
  const state = await claim(options, items)
  const packed = await resumed(out, items)
  if (state.done) return { ...packed, skipped: items.length - packed.images, already: true }
  const counts = { images: packed.images, shards: packed.shards, skipped: 0 }
  progress.begin(items.length, packed.next)
  if (packed.next > 0) {
    const there = `${packed.shards} shards with the first ${packed.next} of ${items.length} images`
    progress.line(`${there} are there already; going on`)
  }
  const rest = new Pending(options, items.slice(packed.next), count => {
    counts.skipped += count
  })
  while (await rest.some()) {
    const name = shardName(counts.shards)
    const images = await writeShard(options, name, rest, classes)
    counts.images += images
    counts.shards++
    progress.line(`${name}: ${images} images`)
  }
  await writeFileWhole(statePath(out), JSON.stringify({ ...state, done: true }))
  return { ...counts, skipped: items.length - counts.images, already: false }
}

function itemsOf(dir: string, { folders }: FoundImages): readonly Item[] {
  const keys = [...folders.values()].flat()
  const labels = [...folders.values()].flatMap((list, label) => list.map(() => label))
  return memberNames(keys).map((name, i) => ({ name, path: joined(dir, keys[i]!), label: labels[i]! }))
}

function shardName(index: number): string {
  return `shard-${String(index).padStart(6, '0')}.tar`
}

interface State {
  readonly format: string
  readonly made: string
  readonly done: boolean
}

function statePath(out: string): string {
  return joined(out, 'pack.json')
}

/** Takes note in the folder of what is being made there; refuses one in which something else was. */
async function claim(options: PackOptions, items: readonly Item[]): Promise<State> {
  const { out, shardSize, encode, skipBroken } = options
  const sizes = await Promise.all(items.map(({ path }) => fileBytes(path)))
  const files = items.map(({ name, label }, i) => `${name} ${label} ${sizes[i]}`)
  const made = digest([JSON.stringify({ shardSize, encode, skipBroken }), ...files])
  const path = statePath(out)
  const text = (await exists(path)) ? await readText(path) : undefined
  const known = text === undefined ? undefined : stateIn(text)
  if (text !== undefined && (known?.made !== made || known.format !== FORMAT)) {
    throw new LoaderError(
      'PACK',
      `${out} holds shards of other images, or made with other options. Choose another folder, or remove this one.`
    )
  }
  if (known !== undefined) return known
  if (await exists(joined(out, shardName(0)))) {
    throw new LoaderError('PACK', `${out} holds shards that this command did not make. Choose another folder.`)
  }
  const state = { format: FORMAT, made, done: false }
  await writeFileWhole(path, JSON.stringify(state))
  return state
}

const FORMAT = 'millrace pack 1'

function stateIn(text: string): State | undefined {
  try {
    return JSON.parse(text) as State
  } catch {
    return undefined
  }
}

/** The shards that are there and whole: a shard is, once its index is. */
async function resumed(out: string, items: readonly Item[]): Promise<{ images: number; shards: number; next: number }> {
  const places = new Map(items.map(({ name }, i) => [name.replace(/\.\w+$/, ''), i]))
  let [images, shards, next] = [0, 0, 0]
  for (; ; shards++) {
    const shard = joined(out, shardName(shards))
    const path = `${shard}.index.json`
    if (!(await exists(path)) || !(await exists(shard))) return { images, shards, next }
    const { samples, bytes } = parseIndex(await readText(path), path)
    if ((await fileBytes(shard)) !== bytes) return { images, shards, next }
    images += samples.length
    next = places.get(samples.at(-1)!.key)! + 1
  }
}

async function writeShard(
  { out, shardSize }: PackOptions,
  name: string,
  rest: Pending,
  classes: readonly string[]
): Promise<number> {
  const part = joined(out, `${name}.part`)
  const shard = joined(out, name)
  let count = 0
  async function* members(): AsyncGenerator<{ name: string; bytes: Uint8Array }> {
    for (let size = 0; size < shardSize && (await rest.some()); ) {
      const { item, bytes } = await rest.take()
      const label = new TextEncoder().encode(`${item.label}`)
      yield { name: item.name, bytes }
      yield { name: item.name.replace(/\.\w+$/, '.cls'), bytes: label }
      size += bytes.length
      count++
    }
  }
  await writeTar(part, members())
  const index = await scanShard(await openBytes(part), part, undefined)
  await moveFile(part, shard)
  await writeFileWhole(`${shard}.index.json`, formatIndex({ ...index, classes }))
  return count
}

/** The images that are still to be packed, read or encoded a few ahead, in their order. */
class Pending {
  readonly #made: AsyncIterator<{ item: Item; bytes: Uint8Array } | undefined>
  #next: { item: Item; bytes: Uint8Array } | undefined

  constructor({ encode, skipBroken, jobs, progress }: PackOptions, items: readonly Item[], skip: (n: number) => void) {
    const make = async (item: Item): Promise<{ item: Item; bytes: Uint8Array } | undefined> => {
      try {
        const bytes = encode === undefined ? await readWhole(item.path) : await encodeImage(item.path, encode)
        return { item: encode === undefined ? item : { ...item, name: item.name.replace(/\.\w+$/, '.jpg') }, bytes }
      } catch (cause) {
        const reason = (cause as Error).message.split('\n')[0]
        const hint = encode === undefined ? '' : ' --skip-broken leaves such images out.'
        if (!skipBroken) throw new LoaderError('PACK', `${item.path} cannot be packed: ${reason}.${hint}`, { cause })
        progress.line(`left out ${item.path}: ${reason}`)
        skip(1)
        return undefined
      } finally {
        progress.add()
      }
    }
    this.#made = inOrder(items, make, jobs)
  }

  /** Whether there is one more. */
  async some(): Promise<boolean> {
    while (this.#next === undefined) {
      const { done, value } = await this.#made.next()
      if (done === true) return false
      this.#next = value
    }
    return true
  }

  async take(): Promise<{ item: Item; bytes: Uint8Array }> {
    await this.some()
    const taken = this.#next!
    this.#next = undefined
    return taken
  }
}
