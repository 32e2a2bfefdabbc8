/** Operators by their names, as the command line knows them. */
import * as millrace from '../index.js'
import { batchStepNames, sampleStepNames } from '../kernels/registry.js'
import type { BatchOperator, SampleOperator } from '../operators/steps.js'
import { type Call, isCall, parseCall, type Value } from './parse.js'
import { UsageError } from './usage.js'

/** Names of all operators that change what is seen. */
export function operatorNames(): readonly string[] {
  const names = new Set([...sampleStepNames(), ...batchStepNames()])
  names.delete('labelSmoothing') // changes labels alone, but may be given
  return [...names].filter(isOperator)
}

/** Makes the operator that an expression names. Its own errors pass through. */
export function operatorOf(expression: string): SampleOperator | BatchOperator {
  return build(parseCall(expression), expression)
}

function build({ name, args }: Call, expression: string): SampleOperator | BatchOperator {
  if (!isOperator(name)) throw unknown(name, expression)
  const make = (millrace as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!
  const made = make(...args.map(arg => settle(arg, expression)))
  if (typeof made === 'function' && 'step' in made) return made as SampleOperator
  throw unknown(name, expression)
}

function settle(value: Value, expression: string): unknown {
  if (isCall(value)) return build(value, expression)
  if (Array.isArray(value)) return value.map(item => settle(item, expression))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, settle(item, expression)]))
}

function isOperator(name: string): boolean {
  const known = sampleStepNames().includes(name) || batchStepNames().includes(name)
  // A step of this name serves the function, which is no operator.
  return known && name !== 'channelStats' && typeof (millrace as Record<string, unknown>)[name] === 'function'
}

function unknown(name: string, expression: string): UsageError {
  if (name in millrace) {
    return new UsageError(`${name} changes no picture, so there is nothing to preview: ${expression}`)
  }
  const names = [...operatorNames(), 'labelSmoothing']
  const near = names
    .map(other => ({ other, distance: editDistance(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .filter(({ distance }) => distance <= Math.max(2, name.length / 2))
    .slice(0, 3)
  const hint =
    near.length === 0 ? `There are ${names.join(', ')}.` : `Did you mean ${near.map(n => n.other).join(', ')}?`
  return new UsageError(`There is no operator ${name}. ${hint}`)
}

/** Insertions, deletions and replacements that make one word of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
