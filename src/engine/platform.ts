/** The only module of the engine that knows threads and the machine. */
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { Worker } from 'node:worker_threads'

/** Milliseconds of a steady clock. */
export function now(): number {
  return performance.now()
}

/** How many threads the machine runs at once. */
export function parallelism(): number {
  return availableParallelism()
}

/** The version of Node. */
export function nodeVersion(): string {
  return process.versions.node
}

/** Runs a function after what is due now, timers included. */
export function later(run: () => void): void {
  setImmediate(run)
}

/** Calls back again and again until the returned function is called; keeps no process alive. */
export function everyMs(ms: number, run: () => unknown): () => void {
  const timer = setInterval(run, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Starts the worker's entry in a thread of its own. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { name: 'millrace' })
}

export type { Worker }
