/** The wasm backend: it trains convolutions once it knows the gradient of their filters, which TensorFlow.js 4 left out. */

const NAME = 'Conv2DBackpropFilter'

/** What is used of TensorFlow.js; tensors and facts of a convolution in short. */
interface Core {
  getKernel(name: string, backend: string): unknown
  registerKernel(config: { kernelName: string; backendName: string; kernelFunc: (call: KernelCall) => Tensor }): void
  tidy(run: () => Tensor): Tensor
  pad(x: Tensor, paddings: number[][]): Tensor
  stridedSlice(x: Tensor, begin: number[], end: number[], strides: number[]): Tensor
  matMul(a: Tensor, b: Tensor, transposeA: boolean): Tensor
  stack(tensors: Tensor[]): Tensor
  readonly backend_util: {
    convertConv2DDataFormat(format: string): string
    computeConv2DInfo(
      shape: number[],
      filter: number[],
      strides: unknown,
      dilations: number,
      pad: unknown,
      rounding: unknown,
      depthwise: boolean,
      format: string
    ): ConvolutionFacts
  }
}

interface Tensor {
  readonly shape: number[]
  reshape(shape: number[]): Tensor
}

interface KernelCall {
  readonly inputs: { readonly x: Tensor; readonly dy: Tensor }
  readonly attrs: Readonly<Record<'strides' | 'pad' | 'dimRoundingMode', unknown>> & {
    readonly dataFormat: string
    readonly filterShape: number[]
  }
}

interface ConvolutionFacts {
  readonly outHeight: number
  readonly outWidth: number
  readonly strideHeight: number
  readonly strideWidth: number
  readonly padInfo: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>
}

/** Registers the gradient with TensorFlow.js, unless it has one: from then on it holds for the whole process. */
export function registerFilterGradient(tf: unknown): void {
  const core = tf as Core
  if (typeof core.registerKernel !== 'function' || core.getKernel(NAME, 'wasm') != null) return
  core.registerKernel({
    kernelName: NAME,
    backendName: 'wasm',
    kernelFunc: call => core.tidy(() => filterGradient(core, call))
  })
}

/** Of each place of the filter: all pixels that it met, times the gradient of what became of them, as one product. */
function filterGradient(core: Core, { inputs: { x, dy }, attrs }: KernelCall): Tensor {
  const { strides, pad, dimRoundingMode, dataFormat, filterShape } = attrs
  if (dataFormat !== 'NHWC') throw new Error(`${NAME} on wasm is for the data format NHWC, but this is ${dataFormat}.`)
  const { backend_util } = core
  const format = backend_util.convertConv2DDataFormat(dataFormat)
  const facts = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode, false, format)
  const { outHeight, outWidth, strideHeight, strideWidth, padInfo } = facts
  const [height, width, channels, filters] = filterShape as [number, number, number, number]
  const { top, bottom, left, right } = padInfo
  const padded =
    top + bottom + left + right === 0
      ? x
      : core.pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0]
        ])
  const gradient = dy.reshape([-1, filters])
  const places: Tensor[] = []
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const end = [
        x.shape[0]!,
        row + (outHeight - 1) * strideHeight + 1,
        column + (outWidth - 1) * strideWidth + 1,
        channels
      ]
      const met = core.stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1])
      places.push(core.matMul(met.reshape([-1, channels]), gradient, true))
    }
  }
  return core.stack(places).reshape(filterShape)
}
