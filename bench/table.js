import { median } from './runCase.js'

/**
 * Runs the cases in turn, so that a slow minute of the machine meets all of them, and prints their medians as a table,
 * beside the first of them. A case is a name and a function that runs it once.
 */
export async function compare(title, cases, rounds) {
  console.log(`\n${title}`)
  const runs = cases.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, run]] of cases.entries()) runs[i].push(await run())
  }
  const rows = runs.map((of, i) => row(cases[i][0], of, runs[0], cases[0][0]))
  console.table(Object.fromEntries(rows))
}

function row(name, runs, first, firstName) {
  const failed = runs.find(run => run.error !== undefined)
  if (failed !== undefined) return [name, { error: failed.error }]
  const of = key => median(runs.map(run => run[key] ?? Number.NaN))
  const ratios = runs.map((run, i) => run.imagesPerSecond / first[i].imagesPerSecond)
  return [
    name,
    {
      'images/s': number(of('imagesPerSecond')),
      'CPU µs/image': number(of('cpuMicroseconds')),
      'main thread %': number(of('mainShare') * 100),
      'peak MB': number(of('peakMegabytes')),
      'first batch ms': number(of('firstBatchMs')),
      [`beside ${firstName}`]: ratios.some(Number.isNaN) ? '' : median(ratios).toFixed(2)
    }
  ]
}

/** A figure that a case does not have is left out. */
function number(value) {
  return Number.isNaN(value) ? '' : Math.round(value)
}
