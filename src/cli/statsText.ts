/** What `millrace stats` found, for people. */
import { type Bin, bars, type Spread } from './sizeTally.js'

/** All that is found. What is told of pixels is absent where no image could be read. */
export interface Stats {
  /** Images that could be read. */
  readonly images: number
  /** Of each channel, in [0, 1]. */
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  readonly width?: Spread
  readonly height?: Spread
  readonly pixels?: readonly Bin[]
  /** Weights of soft labels are added up. */
  readonly classes: readonly { readonly name: string; readonly images: number }[] | undefined
  readonly broken: {
    readonly images: number
    readonly listed: readonly { readonly key: string; readonly reason: string }[]
  }
}

/** Classes that are told one by one. */
const MOST_CLASSES = 20

export function statsText(stats: Stats): string {
  const { images, mean, std, classes, broken } = stats
  const lines = [`${images} images`, ...sizeLines(stats)]
  if (mean !== undefined && std !== undefined) {
    lines.push(`mean    ${numbers(mean)}`, `std     ${numbers(std)}`)
  }
  if (classes !== undefined) lines.push(`classes ${classes.length}`, ...classLines(classes))
  if (broken.images > 0) {
    lines.push(`broken  ${broken.images}`, ...broken.listed.map(({ key, reason }) => `  ${key}: ${reason}`))
    const rest = broken.images - broken.listed.length
    if (rest > 0) lines.push(`  … and ${rest} more; --broken ${broken.images} lists all`)
  }
  return lines.join('\n')
}

function sizeLines({ width, height, pixels }: Stats): string[] {
  if (width === undefined || height === undefined || pixels === undefined) return []
  const range = ({ min, median, max }: Spread): string =>
    min === max ? `${min}` : `${min} to ${max}, median ${median}`
  const [first, last] = [pixels[0]!.from, pixels.at(-1)!.to]
  const lines = [`width   ${range(width)}`, `height  ${range(height)}`]
  if (pixels.length > 1) lines.push(`pixels  ${first} |${bars(pixels)}| ${last}`)
  return lines
}

function classLines(classes: NonNullable<Stats['classes']>): string[] {
  const counts = classes.map(({ images }) => images)
  const shown = classes.slice(0, MOST_CLASSES)
  const wide = Math.max(...shown.map(({ name }) => name.length))
  const lines = shown.map(({ name, images }) => `  ${name.padEnd(wide)}  ${Number(images.toFixed(2))}`)
  if (classes.length > shown.length) {
    const [least, most] = [counts.reduce((a, b) => Math.min(a, b)), counts.reduce((a, b) => Math.max(a, b))]
    lines.push(`  … and ${classes.length - shown.length} more; the smallest class has ${least}, the largest ${most}`)
  }
  return lines
}

function numbers(list: readonly number[]): string {
  return `[${list.map(value => value.toFixed(4)).join(', ')}]`
}
