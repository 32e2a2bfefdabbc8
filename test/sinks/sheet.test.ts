import { describe, expect, it } from 'vitest'
import { type CaptionPart, captionLine, captionLines, captionOf, shorten } from '#dist/sinks/caption.js'
import { drawText, plain } from '#dist/sinks/font.js'
import { type Picture, pictures } from '#dist/sinks/picture.js'
import { drawSheet } from '#dist/sinks/sheet.js'
import { memoryBatch } from '../support/batches.js'

const PAPER = [250, 250, 248]

describe('font', () => {
  const inkOf = (text: string): string => {
    const dots: string[] = []
    drawText(text, (x, y) => dots.push(`${x},${y}`))
    return dots.join(' ')
  }

  it('has a picture of its own for every printable ASCII character and the ellipsis', () => {
    const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).concat('…')
    expect(new Set(characters.map(inkOf)).size).toBe(96)
  })

  it('keeps to five columns and nine rows, and puts the next character six columns further', () => {
    drawText('gW@|{', (x, y) => {
      expect(x % 6).toBeLessThan(5)
      expect(y).toBeLessThan(9)
    })
    expect(inkOf(' A')).toBe(inkOf('A').replace(/(\d+),/g, (_, x) => `${Number(x) + 6},`))
  })

  it('drops accents, and shows what it does not have as a question mark', () => {
    expect(plain('crème brûlée')).toBe('creme brulee')
    expect(inkOf('猫')).toBe(inkOf('?'))
  })
})

describe('captions', () => {
  const info = { ...memoryBatch().info, classes: 4, classNames: ['cat', 'dog', 'horse', 'frog'] }
  const caption = (label: number[], facts = info): string => captionLine(captionOf(Float32Array.from(label), facts))

  it('names the heaviest classes first, and a whole class alone', () => {
    expect(caption([0.3, 0.7, 0, 0])).toBe('dog 0.70 cat 0.30')
    expect(caption([0, 0, 1, 0])).toBe('horse')
    expect(caption([0.1, 0.4, 0.3, 0.2])).toBe('dog 0.40 horse 0.30 frog 0.20')
  })

  it('leaves out what smoothing spreads, and says where there is no class', () => {
    expect(caption([0.925, 0.025, 0.025, 0.025])).toBe('cat 0.93')
    expect(caption([0, 0, 0, 0])).toBe('no class')
  })

  it('shows several whole classes of a multi-hot label', () => {
    expect(caption([1, 0, 0, 1])).toBe('cat frog')
  })

  it('numbers classes without names', () => {
    const unnamed = { ...info, classNames: undefined }
    expect(caption([0, 0, 0.25, 0.75] as never, unnamed as never)).toBe('3: 0.75 2: 0.25')
    expect(caption([0, 0, 0, 1] as never, unnamed as never)).toBe('class 3')
  })

  it('shows the numbers of a regression in their order', () => {
    const regression = { ...info, classes: undefined, classNames: undefined } as never
    expect(caption([-1.23456, 20000], regression)).toBe('-1.23 20000')
    expect(caption([5, 4, 3, 2, 1], regression)).toBe('5 4 3 …')
  })

  it('shortens names, never weights', () => {
    const parts: CaptionPart[] = [
      { name: 'manhole cover', weight: '0.70' },
      { name: 'tench', weight: '0.30' }
    ]
    expect(captionLines(parts, 12)).toEqual(['manhol… 0.70', 'tench 0.30'])
    expect(shorten('tench', 5)).toBe('tench')
    expect(shorten('a b c', 3)).toBe('a…')
  })
})

describe('pictures', () => {
  it('brings normalised floats back to the bytes they were made from', () => {
    const mean = [0.485, 0.456, 0.406]
    const std = [0.229, 0.224, 0.225]
    const bytes = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3))
    const images = Float32Array.from(bytes, (value, i) => (value / 255 - mean[i % 3]!) / std[i % 3]!)
    const batch = { ...memoryBatch(), images, shape: [1, 16, 16, 3] as const, normalized: { mean, std } }
    expect(pictures(batch, 1)[0]!.data).toEqual(bytes)
  })

  it('shows grey as grey and lays transparent pixels over white', () => {
    const grey = { ...memoryBatch(), images: Uint8Array.of(7, 200), shape: [2, 1, 1, 1] as const }
    expect(pictures(grey, 9).map(({ data }) => [...data])).toEqual([
      [7, 7, 7],
      [200, 200, 200]
    ])
    const rgba = { ...memoryBatch(), images: Uint8Array.of(10, 20, 30, 255, 0, 0, 0, 0), shape: [1, 1, 2, 4] as const }
    expect([...pictures(rgba, 1)[0]!.data]).toEqual([10, 20, 30, 255, 255, 255])
  })

  it('stretches floats that nobody explains over black to white', () => {
    const batch = {
      ...memoryBatch(),
      images: Float32Array.of(-4, 0, 4),
      shape: [1, 1, 1, 3] as const,
      normalized: undefined
    }
    expect([...pictures(batch, 1)[0]!.data]).toEqual([0, 128, 255])
  })
})

describe('sheet', () => {
  const tile = (rgb: readonly number[], size = 32): Picture => ({
    data: Uint8Array.from({ length: size * size * 3 }, (_, i) => rgb[i % 3]!),
    width: size,
    height: size
  })
  const long: CaptionPart[] = [
    { name: 'W'.repeat(200), weight: '0.60' },
    { name: 'W'.repeat(200), weight: '0.40' }
  ]
  const sheetOf = (count: number, columns: number | undefined): Picture =>
    drawSheet(
      [
        {
          title: 'W'.repeat(999),
          pictures: Array.from({ length: count }, () => tile([9, 9, 9])),
          captions: Array(count).fill(long)
        }
      ],
      { columns, scale: undefined }
    )
  const isPaper = ({ data, width }: Picture, x: number, y: number): boolean =>
    PAPER.every((value, c) => data[(y * width + x) * 3 + c] === value)

  it('enlarges small pictures by whole pixels', () => {
    const dots: Picture = { data: Uint8Array.of(255, 0, 0, 0, 255, 0), width: 2, height: 1 }
    const { data, width, height } = drawSheet([{ title: '', pictures: [dots], captions: [[]] }], {
      columns: 1,
      scale: 50
    })
    const count = (r: number, g: number): number =>
      Array.from({ length: width * height }, (_, i) => i).filter(
        i => data[i * 3] === r && data[i * 3 + 1] === g && data[i * 3 + 2] === 0
      ).length
    expect([count(255, 0), count(0, 255)]).toEqual([2500, 2500])
  })

  it('averages what falls together where it shrinks', () => {
    const board: Picture = {
      data: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => ((Math.floor(i / 3) + Math.floor(i / 192)) % 2) * 100),
      width: 64,
      height: 64
    }
    const { data } = drawSheet([{ title: '', pictures: [board], captions: [[]] }], { columns: 1, scale: 0.5 })
    const dark = data.filter(value => value < 200)
    expect(new Set(dark)).toEqual(new Set([50]))
    expect(dark.length).toBe(32 * 32 * 3)
  })

  it('keeps texts within their columns and everything within the margins', () => {
    const sheet = sheetOf(5, 3)
    expect(sheet.width).toBe(2 * 16 + 3 * 96 + 2 * 12)
    const rowsOfPictures = 16 + 24
    for (let y = 0; y < sheet.height; y++) {
      for (const x of [0, 15, sheet.width - 16, sheet.width - 1]) expect(isPaper(sheet, x, y)).toBe(true)
      if (y < rowsOfPictures) continue
      for (const gap of [1, 2]) {
        for (let x = 0; x < 12; x++) expect(isPaper(sheet, 16 + gap * 96 + (gap - 1) * 12 + x, y)).toBe(true)
      }
    }
    for (let x = 0; x < sheet.width; x++) {
      for (const y of [0, 15, sheet.height - 16, sheet.height - 1]) expect(isPaper(sheet, x, y)).toBe(true)
    }
  })

  it('takes eight columns of small pictures, as many as there are, or what is asked', () => {
    expect(sheetOf(20, undefined).width).toBe(2 * 16 + 8 * 96 + 7 * 12)
    expect(sheetOf(2, undefined).width).toBe(2 * 16 + 2 * 96 + 12)
    expect(sheetOf(20, 4).width).toBe(2 * 16 + 4 * 96 + 3 * 12)
  })
})
