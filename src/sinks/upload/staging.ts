/** Memory that the host writes and the device copies from. Mapped again once the device is done with it, not made anew. */

import { COPY_SRC, fill, type Gpu, type GpuBuffer, MAP_WRITE, WRITE } from './gpu.js'

/** Buffers of one size; as many as the device is behind, for as long as it is. */
export class Staging {
  readonly #device: Gpu
  readonly #size: number
  readonly #all = new Set<GpuBuffer>()
  /** Mapped, and free. */
  readonly #free: GpuBuffer[] = []

  /** @param size in bytes, a multiple of 4 */
  constructor(device: Gpu, size: number) {
    this.#device = device
    this.#size = size
  }

  /** A buffer that holds these bytes; what lies behind them is not defined. */
  filled(bytes: Uint8Array): GpuBuffer {
    return fill(this.#free.pop() ?? this.#create(), bytes)
  }

  /** After the work that reads it was submitted: it may be filled again when that is done. */
  giveBack(buffer: GpuBuffer): void {
    const lost = (): void => {} // closed meanwhile, or the whole device was lost, of which tfjs tells
    buffer.mapAsync(WRITE).then(() => {
      if (this.#all.has(buffer)) this.#free.push(buffer)
    }, lost)
  }

  close(): void {
    for (const buffer of this.#all) buffer.destroy()
    this.#all.clear()
    this.#free.length = 0
  }

  #create(): GpuBuffer {
    const buffer = this.#device.createBuffer({ size: this.#size, usage: MAP_WRITE | COPY_SRC, mappedAtCreation: true })
    this.#all.add(buffer)
    return buffer
  }
}
