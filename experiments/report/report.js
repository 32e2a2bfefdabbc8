/** Writes docs/results.md and its pictures from the results that are there. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { BASE, HEAT_MAPS, matrix } from '../matrix.js'
import { readResults } from '../results.js'
import { drawHeatMaps } from './heatMapPicture.js'
import { page } from './page.js'
import { barsPlot, curvesPlot, differencesPlot, writePlot } from './plots.js'
import { runsOf, summarize } from './summary.js'
import { findingText } from './words.js'

const HIGHLIGHTED = ['ricap', 'cutMix']

/** Resolves to the path of the page, and to how many runs are missing. Results of other settings are left out. */
export async function report({ results, docs, settings, seeds }) {
  const all = await readResults(results)
  const same = one => isDeepStrictEqual(one.settings, settings)
  const [runs, heatMaps] = [all.runs.filter(same), all.heatMaps.filter(same)]
  const rows = summarize(runs)
  const pictures = join(docs, 'results')
  await mkdir(pictures, { recursive: true })

  if (runs.length > 0) await draw(pictures, { rows, runs, heatMaps })
  const written = join(docs, 'results.md')
  await writeFile(written, page({ rows, runs, heatMaps, settings, seeds }))
  await fillIn(join(docs, 'choosing.md'), rows)
  return { written, missing: Math.max(0, matrix.length * seeds - runs.length) }
}

async function draw(pictures, { rows, runs, heatMaps }) {
  if (runsOf(runs, BASE).length > 0 && runsOf(runs, 'samplePairing').length > 0) {
    await writePlot(join(pictures, 'samplePairing'), curvesPlot(runs, 'samplePairing', 'SamplePairing'))
  }
  await writePlot(join(pictures, 'errors'), barsPlot(rows, HIGHLIGHTED))
  await writePlot(join(pictures, 'differences'), differencesPlot(rows))
  const networks = HEAT_MAPS.map(id => matrix.find(one => one.id === id))
  const shown = heatMaps.find(one => one.pictures.length > 0)
  if (shown !== undefined) await drawHeatMaps(join(pictures, 'heatMaps'), shown.pictures, networks)
}

/** Puts the findings between `<!--result ID-->` and `<!--/result-->`. Where there is no such page, nothing is done. */
async function fillIn(path, rows) {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text !== undefined) await writeFile(path, filledIn(text, rows))
}

export function filledIn(text, rows) {
  return text.replace(/(<!--result (\w+)-->).*?(<!--\/result-->)/g, (_, begin, id, end) => {
    return `${begin}${findingText(rows.find(row => row.id === id)?.difference)}${end}`
  })
}
