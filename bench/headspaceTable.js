import { runCase } from './runCase.js'

/** Prints how near training from Millrace comes to training from memory, and what it takes of the event loop. */
export async function printHeadspace({ quick, ...common }) {
  console.log('\nThe same training loop, fed by Millrace and by ten cached batches (CIFAR-10, batches of 64), in turns')
  const rounds = quick ? 2 : 9
  const heavy = await runCase('headspace', { ...common, heavy: true, rounds, steps: quick ? 4 : 20 })
  const light = await runCase('headspace', { ...common, heavy: false, rounds, steps: quick ? 20 : 300 })
  console.table({ 'a convolutional network': headspaceRow(heavy), 'one dense layer': headspaceRow(light) })
  const { error, busy, idle } = await runCase('held', { ...common, batches: quick ? 20 : 200 })
  if (error !== undefined) return
  const ms = ({ most, p99 }) => `${p99.toFixed(1)} ms (p99), ${most.toFixed(1)} ms (most)`
  console.log(`A turn of the event loop beside a step that only waits: ${ms(busy)}; without Millrace ${ms(idle)}`)
}

export function headspaceRow({ error, ratio, least, most, cachedRate, rate, waitedShare, bottleneck }) {
  if (error !== undefined) return { error }
  return {
    'steps/s, cached': cachedRate.toFixed(1),
    'steps/s, Millrace': rate.toFixed(1),
    ratio: ratio.toFixed(2),
    'from … to': `${least.toFixed(2)} … ${most.toFixed(2)}`,
    'waited %': Math.round(waitedShare * 100),
    bottleneck
  }
}
