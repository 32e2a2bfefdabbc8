/** The programs that this thread was sent, each made ready when it is first needed. */
import { type BatchProgram, batchProgram, type SampleProgram, sampleProgram } from './program.js'
import type { ProgramSpec } from './task.js'

export class ProgramStore {
  readonly #specs = new Map<number, ProgramSpec>()
  readonly #samples = new Map<number, SampleProgram>()
  readonly #batches = new Map<number, BatchProgram>()

  add(specs: readonly ProgramSpec[]): void {
    for (const spec of specs) this.#specs.set(spec.id, spec)
  }

  clear(): void {
    for (const map of [this.#specs, this.#samples, this.#batches]) map.clear()
  }

  /** A sample's program; undefined until it is compiled. */
  known(id: number): SampleProgram | undefined {
    return this.#samples.get(id)
  }

  async compile(id: number): Promise<SampleProgram> {
    const program = await sampleProgram(this.#spec(id))
    this.#samples.set(id, program)
    return program
  }

  ofBatch(id: number): BatchProgram {
    let program = this.#batches.get(id)
    if (program === undefined) {
      program = batchProgram(this.#spec(id))
      this.#batches.set(id, program)
    }
    return program
  }

  #spec(id: number): ProgramSpec {
    const spec = this.#specs.get(id)
    if (spec === undefined) throw new Error(`program ${id} was not sent to this thread`)
    return spec
  }
}
