/** Numbers as text. */

/** `'12.3'` for 0.123. */
export function percent(share) {
  return (share * 100).toFixed(1)
}

/** `'12.3 ± 0.4'`; of one run without the deviation. */
export function spreadText({ mean, deviation }) {
  return deviation === undefined ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`
}

/** `'−1.2 (−3.0 to 0.6)'`, in points. */
export function differenceText(difference) {
  if (difference === undefined) return ''
  const { mean, low, high } = difference
  return low === undefined ? signed(mean) : `${signed(mean)} (${signed(low)} to ${signed(high)})`
}

export function signed(share) {
  const text = percent(Math.abs(share))
  if (Number(text) === 0) return '0.0'
  return `${share < 0 ? '−' : '+'}${text}`
}

/** The same in a sentence, for docs/choosing.md. */
export function findingText(difference) {
  if (difference === undefined) return 'not measured yet'
  const { mean, low, n } = difference
  const seeds = n === 1 ? '1 seed' : `${n} seeds`
  const interval = low === undefined ? '' : `; ${signed(low)} to ${signed(difference.high)}`
  return `${signed(mean)} points of test error (${seeds}${interval})`
}
