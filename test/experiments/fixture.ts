/** Results as the experiments write them. */
export const settings = { share: 0.1, batch: 50, epochs: 4, rate: 0.1, testImages: 10, testEvery: 2, finalImages: 20 }

interface Errors {
  readonly test: number
  readonly train: number
  readonly waited?: number
}

/** A run with given errors; its curves fall to them. */
export function run(id: string, seed: number, { test, train, waited = 0.01 }: Errors): object {
  const history = [1, 2, 3, 4].map(epoch => ({
    epoch,
    loss: 1 / epoch,
    trainError: train + 0.1 * (4 - epoch),
    testError: epoch % 2 === 0 ? test + 0.05 * (4 - epoch) : undefined
  }))
  const facts = {
    parameters: 61_690,
    trainingImages: 5000,
    steps: 400,
    seconds: 10,
    waitedShare: waited,
    uploadShare: 0.02
  }
  return { id, seed, settings, testError: test, trainError: train, history, ...facts }
}

/** Heat maps of two images: one class is found in its left upper corner, the other nowhere. */
export function heatMaps(seed: number, networks: readonly string[]): object {
  const shares = Object.fromEntries(networks.map((id, i) => [id, 0.3 + 0.1 * i]))
  const pixels = Buffer.alloc(32 * 32 * 3, 128).toString('base64')
  const maps = (corner: number) => Object.fromEntries(networks.map(id => [id, [[corner, 0], [0, 0]]])) // biome-ignore format: a map
  const pictures = [1, 0].map((corner, label) => ({ label, pixels, maps: maps(corner) }))
  return { seed, settings, images: 40, grids: 10, shares, pictures }
}
