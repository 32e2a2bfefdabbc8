/** Entry of a worker thread: takes tasks one by one and answers each. Loads neither RxJS nor tfjs. */
import { parentPort } from 'node:worker_threads'
import { Executor } from './executor.js'
import type { Task } from './task.js'

Object.assign(globalThis, { [Symbol.for('millrace.worker')]: true })

const port = parentPort
if (port === null) throw new Error('This module is the entry of a worker thread of Millrace.')

const executor = new Executor({ yields: false })
let tail: Promise<void> = Promise.resolve()

port.on('message', (task: Task) => {
  executor.announce(task)
  tail = tail.then(async () => {
    try {
      port.postMessage({ id: task.id, outcome: await executor.execute(task) })
    } catch (error) {
      port.postMessage({ id: task.id, error })
    }
  })
})
