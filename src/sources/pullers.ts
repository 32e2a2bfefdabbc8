/** Pullers of what is not there at once: data that open asynchronously, items that come as promises. */
import { DONE, PENDING, type Puller } from '../flow/pull.js'

/** Waits for `value`, then goes on with the puller made of it. */
export function whenOpen<V, T>(value: V | Promise<V>, wake: () => void, make: (value: V) => Puller<T>): Puller<T> {
  if (!(value instanceof Promise)) return make(value)
  let puller: Puller<T> | undefined
  let closed = false
  const goOn = (next: Puller<T>): void => {
    puller = next
    wake()
  }
  value
    .then(opened => {
      if (!closed) goOn(make(opened))
    })
    .catch(error => {
      if (!closed) goOn(failing(error))
    })
  return {
    pull: () => (puller === undefined ? PENDING : puller.pull()),
    close() {
      closed = true
      puller?.close?.()
    }
  }
}

/** A puller that ends with an error. */
export function failing(error: unknown): Puller<never> {
  return {
    pull() {
      throw error
    }
  }
}

/** Gives out, in order, items that may be promises; at most `concurrency` of them are under way. */
export function inOrder<T>(next: () => T | Promise<T> | typeof DONE, concurrency: number, wake: () => void): Puller<T> {
  const queue: Coming<T>[] = []
  let done = false
  let closed = false
  const fill = (): void => {
    while (!done && queue.length < concurrency) {
      const item = next()
      if (item === DONE) done = true
      else queue.push(item instanceof Promise ? follow(item) : { state: 'here', value: item })
    }
  }
  const follow = (promise: Promise<T>): Coming<T> => {
    const coming: Coming<T> = { state: 'pending', value: undefined }
    const settle = (state: 'here' | 'failed', value: unknown): void => {
      Object.assign(coming, { state, value })
      if (!closed && queue[0] === coming) wake()
    }
    promise.then(
      value => settle('here', value),
      error => settle('failed', error)
    )
    return coming
  }
  return {
    pull() {
      fill()
      const head = queue[0]
      if (head === undefined) return DONE
      if (head.state === 'pending') return PENDING
      queue.shift()
      if (head.state === 'failed') throw head.value
      return head.value as T
    },
    close() {
      closed = true
    }
  }
}

interface Coming<T> {
  readonly state: 'pending' | 'here' | 'failed'
  readonly value: T | unknown
}
