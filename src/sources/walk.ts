/** Where a subscription begins, and which positions of the global order it reads. */
import { refuseOtherWindow } from './resume.js'
import type { Settings } from './source.js'

/** The positions first, first + step, … of the first epoch, and offset, offset + step, … of later ones. */
export interface Walk {
  readonly epoch: number
  readonly first: number
  readonly offset: number
  readonly step: number
}

/**
 * The walk of a shard, from the cursor where there is one. A `windowShuffle` downstream needs whole windows of the
 * global order, from the beginning of the one that the cursor is in, and takes the shard's part of them itself.
 *
 * @param window its size, where there is one
 * @throws CursorError where the cursor was taken with another one
 */
export function walkOf(caller: string, { shard, resume }: Settings, window: number | undefined): Walk {
  if (resume !== undefined) refuseOtherWindow(caller, resume, window)
  const { epoch, position } = resume ?? { epoch: 0, position: 0 }
  if (window !== undefined) return { epoch, first: position - (position % window), offset: 0, step: 1 }
  return { epoch, first: position + shard.index, offset: shard.index, step: shard.count }
}
