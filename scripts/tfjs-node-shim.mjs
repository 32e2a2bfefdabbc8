// Node 23 removed `util.isNullOrUndefined`, which tfjs-node 4.22.0 calls. Load this before the first operation:
//   node --import ./scripts/tfjs-node-shim.mjs train.js
import util from 'node:util'

util.isNullOrUndefined ??= value => value === null || value === undefined
