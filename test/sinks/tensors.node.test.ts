import { describe, it } from 'vitest'
import { loadTfjsNode } from '../support/tfjs.js'
import { tensorSuite } from './tensorSuite.js'

const { tf, reason } = await loadTfjsNode()

describe('tensors on tfjs-node', () => {
  if (tf !== undefined) tensorSuite(tf)
  else it.skip(reason, () => {})
})
