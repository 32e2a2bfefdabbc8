// Class balance, weights and mixtures: which samples an epoch is made of.
// node examples/sampling.js
import { cifar10, classBalanced, mixDatasets, weighted } from 'millrace'

const test = options => cifar10({ split: 'test', seed: 7, ...options })

// The first classes often, the last ones rarely.
const longTail = weighted((_, label) => 0.7 ** label)
await count('as it is', test({ shuffle: true }))
await count('long tail', test({ sampler: longTail }))
await count('classBalanced', test({ sampler: classBalanced({ samples: 2000 }) }))

// Three of ten samples from the long tail, the others with every class as often.
const mixed = mixDatasets(
  [
    [test({ sampler: classBalanced() }), 0.7],
    [test({ sampler: longTail }), 0.3]
  ],
  { seed: 7 }
)
await count('70 : 30', mixed)

/** Goes through an epoch, of plans only: nothing is decoded. */
async function count(name, source) {
  const counts = new Array(10).fill(0)
  await source.forEach(({ label }) => {
    counts[label]++
  })
  console.log(`${name}: ${counts.join(' ')}`)
}
