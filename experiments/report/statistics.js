/** Numbers over seeds. */
import jstat from 'jstat'

const { jStat } = jstat

export function mean(values) {
  return jStat.mean(values)
}

/** Standard deviation of a sample; of fewer than two values there is none. */
export function deviation(values) {
  return values.length < 2 ? undefined : jStat.stdev(values, true)
}

/**
 * Mean of paired differences with its 95 % interval (Student's t with n − 1 degrees of freedom). Of one pair there is no
 * interval. With three pairs it is wide: 2.5 standard deviations to each side.
 */
export function pairedInterval(differences) {
  const n = differences.length
  const center = mean(differences)
  if (n < 2) return { n, mean: center }
  const half = (jStat.studentt.inv(0.975, n - 1) * deviation(differences)) / Math.sqrt(n)
  return { n, mean: center, low: center - half, high: center + half }
}
