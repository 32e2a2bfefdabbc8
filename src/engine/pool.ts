/** Worker threads, shared by the pipelines of a process that ask for the same number of them. */
import { loadCodec } from '../codecs/current.js'
import { LoaderError, WorkerError } from '../errors.js'
import { Executor } from './executor.js'
import { later, parallelism, startWorker, type Worker } from './platform.js'
import type { Outcome, ProgramSpec, Reply, Task, Work } from './task.js'

/** Runs work somewhere; the result is the same wherever that is. */
export interface Runner {
  readonly workers: number
  /**
   * @param programs every program that the work names
   * @throws WorkerDied where the thread ended before it answered
   */
  run(work: Work, programs: readonly ProgramSpec[]): Promise<Outcome>
}

/** The thread that did the work ended. */
export class WorkerDied extends WorkerError {}

/** Tasks a worker is given ahead, so that it does not wait for the main thread. */
const AHEAD = 2
/** Programs a worker keeps before it starts again with an empty store. */
const MAX_PROGRAMS = 4096

const pools = new Map<number, Runner>()

/** The runner of this process with so many workers; none means the main thread. */
export function runnerOf(workers: number = parallelism()): Runner {
  let runner = pools.get(workers)
  if (runner === undefined) {
    runner = workers === 0 ? new MainThread() : new Pool(workers)
    pools.set(workers, runner)
  }
  return runner
}

interface Job {
  readonly work: Work
  readonly programs: readonly ProgramSpec[]
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

class MainThread implements Runner {
  readonly workers = 0
  readonly #executor = new Executor({ yields: true })
  readonly #known = new Set<number>()
  #tail: Promise<unknown> = Promise.resolve()

  run(work: Work, programs: readonly ProgramSpec[]): Promise<Outcome> {
    const result = this.#tail.then(async () => {
      await loadCodec()
      await new Promise<void>(resolve => later(resolve))
      return this.#executor.execute({ id: 0, ...unseen(this.#known, programs), work })
    })
    this.#tail = result.catch(() => {})
    return result
  }
}

class Pool implements Runner {
  readonly workers: number
  readonly #threads: Thread[] = []
  readonly #queue: Job[] = []
  #ready: Promise<unknown> | undefined
  #isReady = false

  constructor(workers: number) {
    this.workers = workers
  }

  run(work: Work, programs: readonly ProgramSpec[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, programs, resolve, reject })
      if (this.#isReady) return this.#dispatch()
      // A native addon must be loaded by the main thread before a second thread loads it.
      this.#ready ??= loadCodec().then(
        () => {
          this.#isReady = true
        },
        cause => {
          this.#ready = undefined
          const error =
            cause instanceof LoaderError
              ? cause
              : new WorkerError('sharp, which decodes images, could not be loaded.', { cause })
          for (const job of this.#queue.splice(0)) job.reject(error)
        }
      )
      this.#ready.then(() => this.#dispatch())
    })
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#leastBusy()
      if (thread === undefined) return
      thread.give(this.#queue.shift()!)
    }
  }

  #leastBusy(): Thread | undefined {
    let best: Thread | undefined
    for (const thread of this.#threads) if (best === undefined || thread.load < best.load) best = thread
    if (best !== undefined && (best.load === 0 || this.#threads.length === this.workers)) {
      return best.load < AHEAD ? best : undefined
    }
    const thread = new Thread(
      () => this.#dispatch(),
      () => this.#replace(thread)
    )
    this.#threads.push(thread)
    return thread
  }

  /** A thread ended: the job it was at fails, those that it had not begun go back to the head of the queue. */
  #replace(thread: Thread): void {
    this.#threads.splice(this.#threads.indexOf(thread), 1)
    const [current, ...rest] = thread.abandon()
    this.#queue.unshift(...rest)
    current?.reject(new WorkerDied(`a worker thread ended ${thread.end}.`))
    this.#dispatch()
  }
}

/** One worker with the jobs that it was given, in the order in which it does them. */
class Thread {
  readonly #worker: Worker
  readonly #jobs = new Map<number, Job>()
  readonly #known = new Set<number>()
  #lastId = 0
  /** How it ended, for people. */
  end = ''

  constructor(onFree: () => void, onEnd: () => void) {
    this.#worker = startWorker()
    this.#worker.on('message', (reply: Reply) => {
      this.#settle(reply)
      onFree()
    })
    this.#worker.on('error', (error: Error) => {
      this.end = `with ${error.message}`
    })
    this.#worker.on('exit', code => {
      this.end ||= `with exit code ${code}`
      onEnd()
    })
  }

  get load(): number {
    return this.#jobs.size
  }

  give(job: Job): void {
    const id = ++this.#lastId
    const task: Task = { id, ...unseen(this.#known, job.programs), work: job.work }
    if (this.#jobs.size === 0) this.#worker.ref()
    this.#jobs.set(id, job)
    try {
      this.#worker.postMessage(task)
    } catch (error) {
      for (const { id: program } of task.programs) this.#known.delete(program)
      this.#settle({ id, error })
    }
  }

  abandon(): Job[] {
    const jobs = [...this.#jobs.values()]
    this.#jobs.clear()
    return jobs
  }

  #settle(reply: Reply): void {
    const job = this.#jobs.get(reply.id)
    this.#jobs.delete(reply.id)
    // An idle worker does not keep the process alive, a busy one does.
    if (this.#jobs.size === 0) this.#worker.unref()
    if (job === undefined) return
    if ('outcome' in reply) job.resolve(reply.outcome)
    else job.reject(reply.error)
  }
}

function unseen(known: Set<number>, programs: readonly ProgramSpec[]): Pick<Task, 'programs' | 'forget'> {
  const forget = known.size > MAX_PROGRAMS
  if (forget) known.clear()
  const news = programs.filter(({ id }) => !known.has(id))
  for (const { id } of news) known.add(id)
  return { programs: news, forget }
}
