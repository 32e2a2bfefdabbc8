import type { Step } from '../sample.js'

/** How often the name of the step at this place stands in the list before it. */
export function occurrence(steps: readonly Step[], at: number): number {
  const name = steps[at]?.name
  let count = 0
  for (let i = 0; i < at; i++) if (steps[i]?.name === name) count++
  return count
}
