/** What `monitor` counts as waiting before each sink: a step that blocks the thread is work, however it does so. */
import { lastValueFrom, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { fromPull } from '#dist/flow/pull.js'
import { stage } from '#dist/flow/stage.js'
import { type MonitorReport, monitor } from '#dist/operators/monitor.js'
import { forEachBatch } from '#dist/sinks/forEachBatch.js'
import { trainStep } from '#dist/sinks/trainStep.js'

const ITEMS = 20

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

const steps: Record<string, () => unknown> = {
  'blocks the thread': () => block(10),
  'blocks it, then waits for the device': async () => {
    block(5)
    await sleep(5)
  },
  'waits for the device, then blocks the thread': async () => {
    await sleep(5)
    block(5)
  }
}

const sinks: Record<string, (source: Observable<unknown>, step: () => unknown) => Promise<unknown>> = {
  trainStep: (source, step) => lastValueFrom(source.pipe(trainStep(step))),
  forEachBatch
}

/** Items that take so long to make, one after the other. */
function made(ms: number): Observable<number> {
  let i = 0
  return fromPull<number>(() => ({ pull: () => i++ })).pipe(
    stage({
      name: 'make',
      depth: 1,
      start: () => ({ work: x => sleep(ms).then(() => x) })
    })
  )
}

describe.each(Object.entries(sinks))('%s', (_, sink) => {
  async function waited(source: Observable<unknown>, step: () => unknown): Promise<number> {
    let last: MonitorReport | undefined
    const reported = source.pipe(monitor(report => (last = report)))
    let count = 0
    const ended = new Error('enough')
    const run = sink(reported, () => {
      if (count++ === ITEMS) throw ended
      return step()
    })
    await expect(run).rejects.toBe(ended)
    return last!.waitedShare
  }

  it.each(Object.entries(steps))('does not wait where its step %s', async (_, step) => {
    expect(
      await waited(
        fromPull<number>(() => ({ pull: () => 1 })),
        step
      )
    ).toBeLessThan(0.2)
  })

  it('waits for what is slow', async () => {
    expect(await waited(made(10), () => block(1))).toBeGreaterThan(0.5)
  })
})
