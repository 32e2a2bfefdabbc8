/** Draws a contact sheet: titled groups of captioned pictures in columns. Pixels in, pixels out. */
import { type CaptionPart, captionLine, captionLines, shorten } from './caption.js'
import { CELL_WIDTH, drawText, LINE_HEIGHT, plain } from './font.js'
import type { Picture } from './picture.js'

/** The pictures of one batch. All have the same size. */
export interface SheetGroup {
  readonly title: string
  readonly pictures: readonly Picture[]
  /** One for each picture. */
  readonly captions: readonly (readonly CaptionPart[])[]
}

export interface SheetOptions {
  readonly columns: number | undefined
  /** Factor by which pictures are enlarged. */
  readonly scale: number | undefined
}

// Pixels.
const MARGIN = 16
const GAP = 12
const CAPTION_GAP = 5
const SMALLEST = 96
const LARGEST = 256
const WIDEST_SHEET = 1600
const MOST_COLUMNS = 8

const PAPER = [250, 250, 248] as const
const INK = [32, 34, 38] as const
const FAINT_INK = [104, 108, 116] as const

/** Where everything of a group goes. */
interface Layout {
  readonly group: SheetGroup
  readonly columns: number
  readonly scale: number
  readonly cellWidth: number
  readonly imageHeight: number
  readonly textScale: number
  readonly lines: readonly (readonly string[])[]
  /** Height of each row, with its captions. */
  readonly rowHeights: readonly number[]
  readonly titleHeight: number
}

/** Draws the groups below each other. */
export function drawSheet(groups: readonly SheetGroup[], options: SheetOptions): Picture {
  const layouts = groups.map(group => layOut(group, options))
  const innerWidth = Math.max(SMALLEST, ...layouts.map(({ columns, cellWidth }) => columns * (cellWidth + GAP) - GAP))
  const heights = layouts.map(
    ({ titleHeight, rowHeights }) => titleHeight + total(rowHeights) + GAP * (rowHeights.length - 1)
  )
  const width = innerWidth + 2 * MARGIN
  const height = total(heights) + 2 * GAP * (layouts.length - 1) + 2 * MARGIN
  const sheet: Picture = { data: new Uint8Array(width * height * 3), width, height }
  for (let i = 0; i < sheet.data.length; i++) sheet.data[i] = PAPER[i % 3]!
  let top = MARGIN
  for (const [i, layout] of layouts.entries()) {
    drawGroup(sheet, layout, top)
    top += heights[i]! + 2 * GAP
  }
  return sheet
}

function layOut(group: SheetGroup, options: SheetOptions): Layout {
  const { width, height } = group.pictures[0]!
  const scale = options.scale ?? naturalScale(Math.max(width, height))
  const cellWidth = Math.max(SMALLEST, Math.round(width * scale))
  const imageHeight = Math.round(height * scale)
  const fitting = Math.floor((WIDEST_SHEET - 2 * MARGIN + GAP) / (cellWidth + GAP))
  const columns = Math.min(group.pictures.length, options.columns ?? Math.max(1, Math.min(MOST_COLUMNS, fitting)))
  const textScale = Math.max(1, Math.floor(cellWidth / SMALLEST))
  const characters = Math.floor((cellWidth + 1) / (CELL_WIDTH * textScale))
  const captions = group.captions.map(parts => parts.map(part => ({ ...part, name: plain(part.name) })))
  const fits = captions.every(parts => captionLine(parts).length <= characters)
  const lines = captions.map(parts => (fits ? [captionLine(parts)] : captionLines(parts, characters)))
  const rowHeights = Array.from({ length: Math.ceil(lines.length / columns) }, (_, row) => {
    const most = Math.max(...lines.slice(row * columns, (row + 1) * columns).map(of => of.length))
    return imageHeight + CAPTION_GAP * textScale + most * LINE_HEIGHT * textScale
  })
  return {
    group,
    columns,
    scale,
    cellWidth,
    imageHeight,
    textScale,
    lines,
    rowHeights,
    titleHeight: 2 * LINE_HEIGHT * textScale
  }
}

/** Small pictures are enlarged by whole factors, large ones shrink. */
function naturalScale(size: number): number {
  return size < SMALLEST ? Math.ceil(SMALLEST / size) : size > LARGEST ? LARGEST / size : 1
}

function drawGroup(sheet: Picture, layout: Layout, top: number): void {
  const { group, columns, cellWidth, imageHeight, textScale, lines } = layout
  const fitting = Math.floor((sheet.width - 2 * MARGIN) / (CELL_WIDTH * textScale))
  write(sheet, shorten(plain(group.title), fitting), MARGIN, top, textScale, FAINT_INK)
  let y = top + layout.titleHeight
  for (const [i, picture] of group.pictures.entries()) {
    const x = MARGIN + (i % columns) * (cellWidth + GAP)
    paint(sheet, picture, x, y, layout.scale)
    const below = y + imageHeight + CAPTION_GAP * textScale
    for (const [row, line] of lines[i]!.entries())
      write(sheet, line, x, below + row * LINE_HEIGHT * textScale, textScale, INK)
    if (i % columns === columns - 1) y += layout.rowHeights[Math.floor(i / columns)]! + GAP
  }
}

/** Enlarges by repeating pixels; shrinks by averaging those that fall together. */
function paint(sheet: Picture, { data, width, height }: Picture, left: number, top: number, scale: number): void {
  const [outWidth, outHeight] = [Math.round(width * scale), Math.round(height * scale)]
  for (let y = 0; y < outHeight; y++) {
    const y0 = Math.floor((y * height) / outHeight)
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * height) / outHeight))
    for (let x = 0; x < outWidth; x++) {
      const x0 = Math.floor((x * width) / outWidth)
      const x1 = Math.max(x0 + 1, Math.floor(((x + 1) * width) / outWidth))
      const at = ((top + y) * sheet.width + left + x) * 3
      for (let c = 0; c < 3; c++) sheet.data[at + c] = mean(data, width, c, x0, x1, y0, y1)
    }
  }
}

function mean(data: Uint8Array, width: number, c: number, x0: number, x1: number, y0: number, y1: number): number {
  let sum = 0
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[(y * width + x) * 3 + c]!
  return Math.round(sum / ((x1 - x0) * (y1 - y0)))
}

function write(sheet: Picture, text: string, left: number, top: number, scale: number, ink: readonly number[]): void {
  drawText(text, (x, y) => {
    for (let j = 0; j < scale; j++) {
      for (let i = 0; i < scale; i++) {
        sheet.data.set(ink, ((top + y * scale + j) * sheet.width + left + x * scale + i) * 3)
      }
    }
  })
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
