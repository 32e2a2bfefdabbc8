/** Plots as SVG, and as PNG. */
import { writeFile } from 'node:fs/promises'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import sharp from 'sharp'
import { BASE } from '../matrix.js'
import { mean } from './statistics.js'
import { runsOf } from './summary.js'

const FONT = 'DejaVu Sans, Helvetica, Arial, sans-serif'
const GREY = '#9a9a9a'
const INK = '#222222'
const BLUE = '#0072b2'
const ORANGE = '#d55e00'

/** Errors over the epochs, with and without a method: what is seen in training, and what is not. One thin line a seed. */
export function curvesPlot(runs, id, method) {
  const series = [
    { of: BASE, key: 'trainError', label: 'crop + flip, training', color: BLUE, dash: '5,3' },
    { of: BASE, key: 'testError', label: 'crop + flip, test', color: BLUE, dash: 'none' },
    { of: id, key: 'trainError', label: `${method}, training`, color: ORANGE, dash: '5,3' },
    { of: id, key: 'testError', label: `${method}, test`, color: ORANGE, dash: 'none' }
  ].map(one => ({ ...one, lines: runsOf(runs, one.of).map(run => pointsOf(run, one.key)) }))
  const ends = apart(series.map(one => ({ ...one, point: averaged(one.lines).at(-1) })))
  return plot({
    height: 380,
    marginRight: 190,
    x: { label: 'epoch', ticks: 8 },
    y: { label: 'error, %', grid: true, zero: true },
    marks: [
      ...series.flatMap(({ lines, color, dash }) => [
        ...lines.map(points => line(points, { stroke: color, strokeDasharray: dash, strokeOpacity: 0.25 })),
        line(averaged(lines), { stroke: color, strokeDasharray: dash, strokeWidth: 2 })
      ]),
      ...ends.map(({ label, color, point, at }) =>
        Plot.text([point], { x: 'epoch', y: () => at, text: () => label, fill: color, textAnchor: 'start', dx: 8 })
      )
    ]
  })
}

/** Test error of every row: a bar for the mean, a line for the standard deviation, a dot for each seed. */
export function barsPlot(rows, highlighted) {
  const data = rows.map(row => ({ method: row.method, ...row.testError, id: row.id }))
  const [error, from, to] = [({ mean }) => mean * 100, edge(-1), edge(1)]
  const color = ({ id }) => (highlighted.includes(id) ? ORANGE : id === BASE ? BLUE : '#c9c9c9')
  return plot({
    height: 60 + 26 * data.length,
    marginLeft: 300,
    x: { label: 'test error, %', grid: true, zero: true },
    y: { label: null, domain: data.map(({ method }) => method) },
    marks: [
      Plot.barX(data, { x: error, y: 'method', fill: color }),
      Plot.ruleY(data, { x1: from, x2: to, y: 'method', stroke: INK, strokeWidth: 1.5 }),
      Plot.dot(dots(data), { x: 'error', y: 'method', r: 2.5, fill: INK })
    ]
  })
}

/** Difference of every row to crop + flip, with its interval. */
export function differencesPlot(rows) {
  const data = rows.filter(({ difference }) => difference !== undefined)
  const inPoints = key => row => (row.difference[key] ?? row.difference.mean) * 100
  return plot({
    height: 60 + 26 * data.length,
    marginLeft: 300,
    x: { label: 'test error minus that of crop + flip, points', grid: true, nice: true },
    y: { label: null, domain: data.map(({ method }) => method) },
    marks: [
      Plot.ruleX([0], { stroke: BLUE }),
      Plot.ruleY(data, { x1: inPoints('low'), x2: inPoints('high'), y: 'method', stroke: GREY, strokeWidth: 2 }),
      Plot.dot(data, { x: inPoints('mean'), y: 'method', fill: ORANGE, r: 4 })
    ]
  })
}

/** Writes `name.svg` and `name.png`. */
export async function writePlot(path, svg) {
  await writeFile(`${path}.svg`, `${svg}\n`)
  await sharp(Buffer.from(svg), { density: 144 }).flatten({ background: 'white' }).png().toFile(`${path}.png`)
}

function plot(options) {
  const { document } = parseHTML('<html></html>')
  const style = { fontFamily: FONT, fontSize: '12px', color: INK, background: 'white' }
  const svg = Plot.plot({ document, width: 820, marginBottom: 40, style, ...options })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  // What renders SVG outside of browsers knows no CSS variables.
  return svg.outerHTML.replaceAll('var(--plot-background)', 'white').replaceAll('currentColor', INK)
}

function line(points, options) {
  return Plot.line(points, { x: 'epoch', y: 'error', ...options })
}

function pointsOf({ history }, key) {
  return history.flatMap(entry =>
    typeof entry[key] === 'number' ? [{ epoch: entry.epoch, error: entry[key] * 100 }] : []
  )
}

function averaged(lines) {
  return (lines[0] ?? []).map(({ epoch }, i) => ({ epoch, error: mean(lines.map(points => points[i].error)) }))
}

function edge(sign) {
  return ({ mean, deviation = 0 }) => (mean + sign * deviation) * 100
}

function dots(data) {
  return data.flatMap(({ method, values }) => values.map(value => ({ method, error: value * 100 })))
}

/** Places labels beside the ends of their lines, without covering each other. */
function apart(ends) {
  const room = Math.max(...ends.map(({ point }) => point.error)) * 0.06
  const sorted = ends.toSorted((a, b) => a.point.error - b.point.error)
  let above = -Infinity
  return sorted.map(end => {
    above = Math.max(end.point.error, above + room)
    return { ...end, at: above }
  })
}
