/** What stands under an image of a contact sheet: its label, in words. */
import type { SourceInfo } from '../sample.js'

/** A name, and its weight where it is not the whole label. */
export interface CaptionPart {
  readonly name: string
  readonly weight: string
}

const MOST_PARTS = 3
/** Class weights below this are left out, unless they come first. */
const LEAST_WEIGHT = 0.05

/**
 * The parts of a label's caption: the heaviest classes first, or the numbers of a regression in their order.
 * A class whose weight is 1 stands alone.
 */
export function captionOf(label: Float32Array, info: SourceInfo): CaptionPart[] {
  return isClasses(label, info) ? classParts(label, info) : numberParts(label)
}

/** The parts on one line. */
export function captionLine(parts: readonly CaptionPart[]): string {
  return parts.map(({ name, weight }) => (weight === '' ? name : `${name} ${weight}`)).join(' ')
}

/** One part a line, of at most `width` characters. */
export function captionLines(parts: readonly CaptionPart[], width: number): string[] {
  return parts.map(({ name, weight }) =>
    weight === '' ? shorten(name, width) : `${shorten(name, width - weight.length - 1)} ${weight}`
  )
}

/** Cuts a text that is longer than `width` characters, and says so with an ellipsis. */
export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1)).trimEnd()}…`
}

/** Labels are classes where the source says so, and where a row looks like a distribution. */
function isClasses(label: Float32Array, info: SourceInfo): boolean {
  if (info.classes !== undefined || info.classNames !== undefined) return true
  const sum = label.reduce((total, value) => total + value, 0)
  return label.length > 1 && Math.abs(sum - 1) < 1e-3 && label.every(value => value >= 0)
}

function classParts(label: Float32Array, info: SourceInfo): CaptionPart[] {
  const order = [...label.keys()].sort((a, b) => label[b]! - label[a]!)
  const shown = order
    .slice(0, MOST_PARTS)
    .filter((index, rank) => label[index]! >= (rank === 0 ? Number.MIN_VALUE : LEAST_WEIGHT))
  if (shown.length === 0) return [{ name: 'no class', weight: '' }]
  return shown.map(index => {
    const weight = label[index] === 1 ? '' : label[index]!.toFixed(2)
    const name = info.classNames?.[index]
    if (name !== undefined) return { name, weight }
    return { name: weight === '' ? `class ${index}` : `${index}:`, weight }
  })
}

function numberParts(label: Float32Array): CaptionPart[] {
  const parts = [...label.subarray(0, MOST_PARTS)].map(value => ({
    name: String(Number(value.toPrecision(3))),
    weight: ''
  }))
  return label.length > MOST_PARTS ? [...parts, { name: '…', weight: '' }] : parts
}
