// TensorFlow.js on WebGPU. A browser has its own; in Node it is that of the package `webgpu` (Dawn), which drives Vulkan,
// Metal or Direct3D.
import { existsSync } from 'node:fs'
import type * as tfjs from '@tensorflow/tfjs'

/** Debian's package `chromium-common` brings a Vulkan driver that runs on the CPU: slow, but right. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** Gives TensorFlow.js with the backend `webgpu`, and what it runs on; fails where there is no device. */
export async function loadWebGpu(): Promise<{ tf: typeof tfjs; device: string }> {
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  let gpu = create([])
  let adapter = await gpu.requestAdapter()
  if (adapter === null && process.env.VK_ICD_FILENAMES === undefined && existsSync(softwareDriver)) {
    process.env.VK_ICD_FILENAMES = softwareDriver
    gpu = create([])
    adapter = await gpu.requestAdapter()
  }
  if (adapter === null)
    throw new Error('WebGPU finds no device. A driver for the CPU: apt install chromium-common libvulkan1')
  if (globalThis.navigator === undefined) Object.assign(globalThis, { navigator: {} }) // before Node 21
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })

  // Both look for `navigator.gpu` when they are loaded.
  const tf = await import('@tensorflow/tfjs')
  await import('@tensorflow/tfjs-backend-webgpu')
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js cannot use this WebGPU device.')
  return { tf, device: adapter.info.description || adapter.info.device }
}
