import { checkFunction, checkOptions } from '../check.js'
import { InvalidOptionError } from '../errors.js'
import { findSampleStep, registerTransform } from '../kernels/registry.js'
import type { SampleStep } from '../kernels/step.js'
import { type SampleOperator, sampleStep } from './steps.js'

/** What {@link defineTransform} is given: see {@link SampleStep} for each part. */
export type TransformDefinition<Options extends object, Params> = SampleStep<Options, Params>

/**
 * Makes an operator of one's own that runs in the worker threads, like the built-in ones.
 *
 * Sample → sample. It must be called at the top level of a module of its own, without side effects, because the workers
 * import that module. Options, and what `draw` returns, are plain data.
 *
 * @param module `import.meta.url` of the module that calls it
 * @param definition `name`; `draw(rng, options, shape, sample)` → parameters, or undefined to leave the image alone;
 * `outShape(params, shape)` where the shape changes; `geometry` where pixels move, so that masks, boxes and keypoints
 * go along; `partners` where other images of the data set are needed; `apply(image, params, out)`, which writes every byte of `out`
 *
 * @returns a function that takes the options and returns the operator
 *
 * @throws {@link InvalidOptionError} where the definition cannot be used
 *
 * @example
 * ```ts
 * // invert.ts, compiled to invert.js
 * import { defineTransform } from 'millrace'
 *
 * export const invert = defineTransform(import.meta.url, {
 *   name: 'invert',
 *   draw: (rng, { p = 0.5 }: { p?: number }) => (rng.bool(p) ? {} : undefined),
 *   apply(image, params, out) {
 *     for (let i = 0; i < out.data.length; i++) out.data[i] = 255 - image.data[i]!
 *   }
 * })
 * // train.js: imageFolder('photos').pipe(invert({ p: 0.1 }), …)
 * ```
 */
export function defineTransform<Options extends object = Record<never, never>, Params = unknown>(
  module: string,
  definition: TransformDefinition<Options, Params>
): (options?: Options) => SampleOperator {
  if (typeof module !== 'string' || !URL.canParse(module)) {
    throw new InvalidOptionError({
      caller: 'defineTransform',
      option: 'module',
      expected: 'the URL of the module that defines the transform',
      received: module,
      hint: 'Pass import.meta.url.'
    })
  }
  checkOptions('defineTransform', definition, [
    'name',
    'inPlace',
    'random',
    'geometry',
    'partners',
    'draw',
    'outShape',
    'fixedSize',
    'outChannels',
    'apply'
  ])
  const { name, draw, apply } = definition
  if (typeof name !== 'string' || name === '' || findSampleStep(name) !== undefined) {
    const expected = 'a name that no built-in step has'
    throw new InvalidOptionError({ caller: 'defineTransform', option: 'name', expected, received: name })
  }
  checkFunction('defineTransform', 'draw', draw)
  checkFunction('defineTransform', 'apply', apply)
  registerTransform(module, definition as unknown as SampleStep)
  return (options = {} as Options) => {
    checkPlain(name, options)
    return sampleStep(Object.freeze({ name, options, module }))
  }
}

/** Options cross to the workers and stand in cursors, so they must survive both. */
function checkPlain(caller: string, options: object): void {
  try {
    structuredClone(options)
    JSON.stringify(options)
  } catch {
    throw new InvalidOptionError({
      caller,
      option: 'options',
      expected: 'plain data, which a worker can be sent',
      received: options,
      hint: 'Functions and class instances cannot be sent; use mapPixels for a closure.'
    })
  }
}
