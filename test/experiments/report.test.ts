/** The report of the experiments, from results that are made up. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HEAT_MAPS, matrix } from '../../experiments/matrix.js'
import { report } from '../../experiments/report/report.js'
import { deviation, pairedInterval } from '../../experiments/report/statistics.js'
import { writeResult } from '../../experiments/results.js'
import { heatMaps, run, settings } from './fixture.js'

describe('statistics', () => {
  test('the interval of paired differences is that of the sleep data of Student, 1908', () => {
    const { n, mean, low, high } = pairedInterval([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4])
    expect(n).toBe(10)
    expect(mean).toBeCloseTo(1.58, 10)
    expect(low).toBeCloseTo(0.7001142, 6)
    expect(high).toBeCloseTo(2.4598858, 6)
  })

  test('with three pairs it is 4.30 standard errors wide to each side; of one there is none', () => {
    const { low, high } = pairedInterval([1, 2, 3])
    expect(low).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 6)
    expect(high).toBeCloseTo(2 + 4.30265273 / Math.sqrt(3), 6)
    expect(pairedInterval([0.5])).toEqual({ n: 1, mean: 0.5 })
  })

  test('the standard deviation is that of a sample', () => {
    expect(deviation([1, 2, 3])).toBeCloseTo(1, 12)
    expect(deviation([1])).toBeUndefined()
  })
})

describe('report', () => {
  let folder: string
  let page: string
  let choosing: string
  const place = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-report-'))
    const runs = [1, 2].flatMap(seed => [
      run('none', seed, { test: 0.5, train: 0 }),
      run('cropFlip', seed, { test: 0.4, train: 0.1 }),
      run('ricap', seed, { test: 0.45 + 0.001 * seed, train: 0.3 }),
      run('cutMix', seed, { test: 0.35 + 0.001 * seed, train: 0.2, waited: seed === 2 ? 0.04 : 0.01 }),
      run('cutout', seed, { test: 0.3 + 0.06 * seed, train: 0.1 })
    ])
    const others = [
      run('samplePairing', 1, { test: 0.38, train: 0.3 }),
      { ...run('mixUp', 1, { test: 0.1, train: 0.1 }), settings: { ...settings, epochs: 5 } }
    ]
    for (const one of [...runs, ...others] as { id: string; seed: number }[]) {
      await writeResult(place('raw'), `${one.id}-${one.seed}`, one)
    }
    for (const seed of [1, 2]) await writeResult(place('raw'), `heatMaps-${seed}`, heatMaps(seed, HEAT_MAPS))
    await mkdir(place('docs'))
    await writeFile(
      place('docs/choosing.md'),
      'RICAP: <!--result ricap-->?<!--/result-->, <!--result mixUp-->?<!--/result-->'
    )
    const { missing } = await report({ results: place('raw'), docs: place('docs'), settings, seeds: 3 })
    expect(missing).toBe(matrix.length * 3 - 11)
    page = await readFile(place('docs/results.md'), 'utf8')
    choosing = await readFile(place('docs/choosing.md'), 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('says how many seeds and runs there are', () => {
    expect(page).toContain(`Every number is over 1 to 2 seeds. 11 of ${matrix.length * 3} runs are there so far.`)
  })

  test('a row of the table: errors, paired difference with its interval, waiting, seconds', () => {
    // The differences are 5.1 and 5.2 points: their interval is 12.706 × 0.0707 / √2 = 0.635 to each side.
    expect(page).toContain('| RICAP | β = 0.3 | 2 | 45.1 ± 0.1 | 30.0 ± 0.0 | +5.1 (+4.5 to +5.8) | 1.0 | 10 |')
    expect(page).toContain('| crop + flip | padding 4 | 2 | 40.0 ± 0.0 | 10.0 ± 0.0 | the base | 1.0 | 10 |')
    expect(page).toMatch(/\| SamplePairing \| .* \| 1 \| 38\.0 \| 30\.0 \| −2\.0 \|/)
  })

  test('runs of other settings are left out', () => {
    expect(page).not.toMatch(/^\| mixup/m)
  })

  test('tells which results agree with the papers, and gives a reason where they do not', () => {
    expect(page).toContain('**As published**, fewer errors than crop + flip: CutMix.')
    expect(page).toContain('**Undecided**, the interval holds zero or there is none: cutout −1.0, SamplePairing −2.0.')
    expect(page).toMatch(/- \*\*RICAP\*\*: \+5\.1 .* points\. Most likely it needs more capacity .* 30\.0 % errors/)
  })

  test('names the runs that waited for data', () => {
    expect(page).toContain('Not below 3 %: cutMix, seed 2: 4.0 %; the worst waited 4.0 %')
  })

  test('the share of the heat maps, with each seed', () => {
    expect(page).toContain('| RICAP | 60.0 | 60.0, 60.0 |')
  })

  test('all pictures that the page shows are there, as PNG and as SVG that needs no browser', async () => {
    const shown = [...page.matchAll(/\]\(results\/(\w+)\.png\)/g)].map(([, name]) => name!).sort()
    expect(shown).toEqual(['differences', 'errors', 'heatMaps', 'samplePairing'])
    expect((await readdir(place('docs/results'))).length).toBe(8)
    for (const name of shown) {
      const { format, width } = await sharp(place(`docs/results/${name}.png`)).metadata()
      expect([name, format, width! > 500]).toEqual([name, 'png', true])
      const svg = await readFile(place(`docs/results/${name}.svg`), 'utf8')
      expect(svg).toMatch(/^<svg .*xmlns="http:\/\/www.w3.org\/2000\/svg"/)
      expect(svg).not.toContain('var(')
    }
  })

  test('a heat map is bright where the network looked', async () => {
    const { data, info } = await sharp(place('docs/results/heatMaps.png')).raw().toBuffer({ resolveWithObject: true })
    const red = (x: number, y: number) => data[(2 * y * info.width + 2 * x) * info.channels]!
    expect(red(140, 110)).toBeGreaterThan(red(190, 160) + 60) // left upper and right lower corner, first network
  })

  test('fills the findings into the page on choosing', () => {
    expect(choosing).toBe(
      'RICAP: <!--result ricap-->+5.1 points of test error (2 seeds; +4.5 to +5.8)<!--/result-->, <!--result mixUp-->not measured yet<!--/result-->'
    )
  })

  test('without results it says so', async () => {
    const { written, missing } = await report({ results: place('none'), docs: place('empty'), settings, seeds: 3 })
    expect(missing).toBe(matrix.length * 3)
    expect(await readFile(written, 'utf8')).toMatch(
      /^# Results\n.*`npm run experiments` repeats it.*No run is there yet\.\n$/s
    )
  })
})
