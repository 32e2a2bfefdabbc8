/** The only module of the flow that knows the machine it runs on: clocks, turns of the event loop, warnings. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setMaxListeners } from 'node:events'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { clearInterval, setImmediate, setInterval } from 'node:timers'

const storage = new AsyncLocalStorage<unknown>()

/** Calls a function so that it, and what it starts asynchronously, finds `value` in {@link carried}. */
export function carry<R>(value: unknown, run: () => R): R {
  return storage.run(value, run)
}

/** The value of the nearest {@link carry}, also across timers and promises. */
export function carried(): unknown {
  return storage.getStore()
}

/** Milliseconds of a steady clock. */
export function now(): number {
  return performance.now()
}

/** Calls a function, which inherits nothing, in a turn of its own: timers and input have theirs before it. */
export function defer(run: () => void): void {
  storage.run(undefined, setImmediate, run)
}

/** Calls a function, which inherits nothing, again and again, without keeping the process alive. Returns how to stop. */
export function every(ms: number, run: () => void): () => void {
  const timer = storage.run(undefined, setInterval, run, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Makes a controller whose signal many listeners may await, as many as items are in work. */
export function abortController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Writes a warning, as a `MillraceWarning`, to where the process has its warnings. */
export function warn(message: string, code?: string): void {
  process.emitWarning(message, { type: 'MillraceWarning', ...(code === undefined ? {} : { code }) })
}
