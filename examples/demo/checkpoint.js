// Model, optimizer and cursor in one file, written under another name and renamed: they are saved together or not at all.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const MAGIC = 'millrace demo 1\n'

/** Saves a run. */
export async function writeCheckpoint(tf, path, { model, optimizer }, facts) {
  const state = await optimizer.getWeights()
  const tensors = [
    ...model.getWeights().map((tensor, i) => ({ name: `model ${i}`, tensor })),
    ...state.map(({ tensor }, i) => ({ name: `optimizer ${i}`, tensor }))
  ]
  const { data, specs } = await tf.io.encodeWeights(tensors)
  const header = `${JSON.stringify({ ...facts, specs })}\n`
  const temporary = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(Buffer.concat([Buffer.from(MAGIC + header), Buffer.from(data)]))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Reads what `writeCheckpoint` wrote. */
export async function readCheckpoint(path) {
  const bytes = await readFile(path).catch(cause => {
    throw new Error(`There is no checkpoint to resume from at ${path}. Start with: npm run demo`, { cause })
  })
  const end = bytes.indexOf('\n', MAGIC.length)
  if (end < 0 || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new Error(`${path} is no checkpoint of this demo. Delete it, and start with: npm run demo`)
  }
  return { ...JSON.parse(bytes.toString('utf8', MAGIC.length, end)), data: bytes.subarray(end + 1) }
}

/** Puts a checkpoint's weights into the model and its optimizer. */
export async function restore(tf, { model, optimizer }, { data, specs }) {
  const named = tf.io.decodeWeights(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength), specs)
  const group = name =>
    Object.keys(named)
      .filter(key => key.startsWith(name))
      .map(key => ({ name: key, tensor: named[key] }))
  model.setWeights(group('model').map(({ tensor }) => tensor))
  await optimizer.setWeights(group('optimizer'))
  for (const { tensor } of group('model')) tensor.dispose()
}
