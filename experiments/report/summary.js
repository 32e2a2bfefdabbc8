/** From runs to the rows of the table. */
import { BASE, matrix } from '../matrix.js'
import { deviation, mean, pairedInterval } from './statistics.js'

/** A row for each configuration of the matrix that has a run; errors are shares. */
export function summarize(runs) {
  return matrix.flatMap(configuration => {
    const own = runsOf(runs, configuration.id)
    if (own.length === 0) return []
    const row = {
      ...configuration,
      n: own.length,
      testError: spread(own.map(({ testError }) => testError)),
      trainError: spread(own.map(({ trainError }) => trainError)),
      waitedShare: Math.max(...own.map(({ waitedShare }) => waitedShare)),
      seconds: mean(own.map(({ seconds }) => seconds)),
      difference: configuration.id === BASE ? undefined : differenceOf(runs, configuration.id, BASE)
    }
    return [row]
  })
}

/** Test error of `id` minus that of `other`, paired by seed; undefined where no seed has both. */
export function differenceOf(runs, id, other) {
  const differences = runsOf(runs, id).flatMap(run => {
    const beside = runsOf(runs, other).find(({ seed }) => seed === run.seed)
    return beside === undefined ? [] : [run.testError - beside.testError]
  })
  return differences.length === 0 ? undefined : pairedInterval(differences)
}

/** `'lower'` or `'higher'` where the interval says so, else `'open'`. */
export function verdict(difference) {
  if (difference?.low === undefined) return 'open'
  if (difference.high < 0) return 'lower'
  return difference.low > 0 ? 'higher' : 'open'
}

export function runsOf(runs, id) {
  return runs.filter(run => run.id === id).sort((a, b) => a.seed - b.seed)
}

function spread(values) {
  return { mean: mean(values), deviation: deviation(values), values }
}
