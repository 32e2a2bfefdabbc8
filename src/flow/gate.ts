/** Gates: open or closed, with the pumps that run, one after the other, while they are open. */
import { runIn } from './context.js'
import { defer, now } from './platform.js'
import type { Pump } from './pump.js'
import { PumpList } from './pumpList.js'
import { Stopwatch } from './stopwatch.js'

/** A burst may last so long before timers and input get their turn. */
const SLICE_MS = 4
/** The clock is read once in so many items, a power of two. */
const CLOCK_INTERVAL = 16
/** So many pumps may begin on one stack. Operators resubscribe recursively, and a stack has an end. */
const MOST_STARTS = 32

/** Pumps begun on this stack, or by its frames before the present one. */
let starts = 0

export class Gate {
  readonly #pumps: PumpList
  readonly #wantTime: Pick<Stopwatch, 'ms'> | undefined
  readonly #openTime = new Stopwatch(true)
  #isOpen = true
  /** Until the next turn of the event loop. */
  #paused = false
  /** A pump stands before the running one, or within it. */
  #overtaken = false
  /** Open, not paused, not overtaken: the running pump may go on. */
  #go = true
  #running = false
  #notifying: Pump | undefined
  /** A turn of the event loop is awaited, in which the gate goes on. */
  #awaited = false
  #sliceEnd = 0
  #ticks = 0

  /**
   * @param free bounds nothing, so that a pump need not wait for a child that waits
   * @param wantTime runs while the gate's owner waits for an item; by default, while the gate is open
   */
  constructor({ free = false, wantTime }: { readonly free?: boolean; readonly wantTime?: Pick<Stopwatch, 'ms'> } = {}) {
    this.#pumps = new PumpList(free)
    this.#wantTime = wantTime
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Runs the pumps, unless they are running already, until it is closed or none is ready. */
  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#openTime.set(true)
    this.#update()
    this.#run()
  }

  /** Stops the running pump after the present item. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#openTime.set(false)
    this.#update()
  }

  /** Takes in a pump. It runs at once if the gate is open and no other is ready before it. */
  add(pump: Pump): void {
    this.#pumps.add(pump, this.#notifying)
    if (!this.#running) {
      if (pump.ready) this.#run()
      return
    }
    if (pump.ready && this.#go && starts < MOST_STARTS) this.#drive(pump)
    if (pump.alive) this.#overtake()
  }

  /** The pump has something, or may have. */
  wake(pump: Pump): void {
    if (!pump.alive) return
    pump.wakes++
    pump.ready = true
    if (this.#running) this.#overtake()
    else this.#run()
  }

  /** The pump is not run again. */
  remove(pump: Pump): void {
    if (!pump.alive) return
    pump.alive = false
    if (pump.running) return // its place is still that of its children; it leaves when it returns
    this.#pumps.remove(pump)
    if (pump.ready || pump.parent === undefined) return
    // Its parent need not wait any more, but it may be about to end as well: it goes on in another turn.
    if (this.#running) this.#overtake()
    else this.#pause()
  }

  /** Milliseconds up to `time`, which is now, in which its owner wanted an item, since the first call. */
  wantMs(time: number): number {
    return (this.#wantTime ?? this.#openTime).ms(time)
  }

  #update(): void {
    this.#go = this.#isOpen && !this.#paused && !this.#overtaken
  }

  #overtake(): void {
    this.#overtaken = true
    this.#go = false
  }

  #run(): void {
    if (this.#running || !this.#go) return
    let pump = this.#pumps.next()
    if (pump === undefined) return
    if (starts >= MOST_STARTS) {
      this.#pause()
      return
    }
    this.#running = true
    this.#await()
    try {
      while (pump !== undefined) {
        this.#drive(pump)
        this.#overtaken = false
        this.#update()
        pump = this.#go ? this.#pumps.next() : undefined
      }
    } finally {
      this.#running = false
      if (pump !== undefined) {
        this.#overtaken = false
        this.#pause() // something threw; the others go on
      }
    }
  }

  /** Runs one pump until it waits, ends, or the gate stops it. */
  #drive(pump: Pump): void {
    const outer = this.#notifying
    const before = countStart()
    this.#notifying = pump
    pump.running = true
    try {
      runIn(pump.context, () => this.#pump(pump, before))
    } finally {
      pump.running = false
      this.#notifying = outer
      if (!pump.alive) this.#pumps.remove(pump)
    }
  }

  #pump(pump: Pump, before: number): void {
    while (this.#go && pump.alive) {
      const { wakes } = pump
      if (!pump.step() && pump.wakes === wakes) {
        pump.ready = false
        return
      }
      starts = before
      if ((++this.#ticks & (CLOCK_INTERVAL - 1)) === 0 && now() >= this.#sliceEnd) this.#pause()
    }
  }

  #pause(): void {
    this.#paused = true
    this.#go = false
    this.#await()
  }

  #await(): void {
    if (this.#awaited) return
    this.#awaited = true
    this.#sliceEnd = now() + SLICE_MS
    defer(() => {
      this.#awaited = false
      this.#paused = false
      this.#update()
      this.#run()
    })
  }
}

/** Counts until the stack is empty, which it is in the next microtask. */
function countStart(): number {
  if (starts === 0) {
    queueMicrotask(() => {
      starts = 0
    })
  }
  return ++starts
}
