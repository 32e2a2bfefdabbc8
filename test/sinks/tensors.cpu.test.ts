import { describe } from 'vitest'
import { loadTfjsCpu } from '../support/tfjs.js'
import { tensorSuite } from './tensorSuite.js'

const tf = await loadTfjsCpu()

describe('tensors on the cpu backend', () => tensorSuite(tf))
