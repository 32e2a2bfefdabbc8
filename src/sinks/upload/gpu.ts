/** What is used of a WebGPU device (https://www.w3.org/TR/webgpu/), whose types belong to no one runtime. */

export interface Gpu {
  readonly queue: { submit(commands: object[]): void }
  createBuffer(options: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer
  createShaderModule(options: { code: string }): object
  createComputePipeline(options: { layout: 'auto'; compute: { module: object; entryPoint: string } }): GpuPipeline
  createBindGroup(options: { layout: object; entries: object[] }): object
  createCommandEncoder(): GpuEncoder
}

export interface GpuBuffer {
  mapAsync(mode: number): Promise<void>
  getMappedRange(): ArrayBuffer
  unmap(): void
  destroy(): void
}

export interface GpuPipeline {
  getBindGroupLayout(index: number): object
}

export interface GpuEncoder {
  copyBufferToBuffer(from: GpuBuffer, fromAt: number, to: GpuBuffer, toAt: number, size: number): void
  beginComputePass(): GpuPass
  finish(): object
}

export interface GpuPass {
  setPipeline(pipeline: GpuPipeline): void
  setBindGroup(index: number, group: object): void
  dispatchWorkgroups(x: number, y: number): void
  end(): void
}

/** Flags of `GPUBufferUsage`. */
export const MAP_WRITE = 0x02
export const COPY_SRC = 0x04
export const COPY_DST = 0x08
export const UNIFORM = 0x40
export const STORAGE = 0x80

/** A flag of `GPUMapMode`. */
export const WRITE = 0x02

/** Writes to a buffer that is mapped, from its beginning, and hands it over to the device. */
export function fill(buffer: GpuBuffer, bytes: Uint8Array): GpuBuffer {
  new Uint8Array(buffer.getMappedRange()).set(bytes)
  buffer.unmap()
  return buffer
}
