/** Averages an image with another one of the data set; the label stays. */
import { ShapeError } from '../errors.js'
import type { SampleStep } from './step.js'

/** In which epochs images are paired. */
export interface PairingSchedule {
  /** First epoch of the phase in which pairing comes and goes. */
  readonly from: number
  /** Epoch after its last one. */
  readonly to: number
  /** Epochs of a cycle with pairing, and after them without. */
  readonly on: number
  readonly off: number
}

export interface SamplePairingStepOptions {
  readonly p: number
  /** Undefined for every epoch. */
  readonly schedule: PairingSchedule | undefined
}

export const samplePairingStep: SampleStep<SamplePairingStepOptions, object> = {
  name: 'samplePairing',
  inPlace: true,

  partners(rng, { p, schedule }, { epoch }, { size }) {
    return isPairingEpoch(epoch, schedule) && rng.bool(p) ? [rng.int(size)] : []
  },

  draw(_rng, _options, [height, width, channels], _sample, [partner]) {
    if (partner === undefined) return undefined
    if (partner[0] === height && partner[1] === width && partner[2] === channels) return {}
    throw new ShapeError(
      `samplePairing: the image is ${height}×${width}×${channels}, and its partner ${partner.join('×')}. Put a crop or resize to one size before it.`
    )
  },

  apply({ data }, _params, out, [partner]) {
    average(data, partner!.data, out.data)
  }
}

/** Whether images are paired in an epoch, counted from 0. */
export function isPairingEpoch(epoch: number, schedule: PairingSchedule | undefined): boolean {
  if (schedule === undefined) return true
  const { from, to, on, off } = schedule
  return epoch >= from && epoch < to && (epoch - from) % (on + off) < on
}

/** Half each; halves are rounded to the even number. */
function average(a: Uint8Array, b: Uint8Array, out: Uint8Array): void {
  for (let i = 0; i < a.length; i++) {
    const sum = a[i]! + b[i]!
    out[i] = (sum + ((sum >> 1) & 1)) >> 1
  }
}
