/** The first part of docs/results.md: what this is, and how it was done. */
import { BASE, matrix } from '../matrix.js'
import { percent } from './words.js'

export const HEAD = `# Results

The techniques of the article, compared on CIFAR-10 with one small network that two cores can train. Every image came through
Millrace. \`npm run experiments\` repeats it; this page is written from [the raw results](../experiments/results) by
\`npm run experiments -- --report\`. What is compared is in [matrix.js](../experiments/matrix.js).

It shows directions, not sizes: the papers train networks that are far larger, on all 50,000 images or more, for 200 epochs
and more.`

/** How many seeds and runs the numbers are from. */
export function state({ runs, counts, seeds }) {
  const all = matrix.length * seeds
  const there = runs.length >= all ? '' : ` ${runs.length} of ${all} runs are there so far.`
  const n = counts.length === 1 ? `${counts[0]}` : `${counts[0]} to ${counts.at(-1)}`
  const wide = `With so few seeds the intervals are wide (for three, 2.5 standard deviations to each side): most of what is inside of
them cannot be told from chance.`
  return `Every number is over ${n} ${n === '1' ? 'seed' : 'seeds'}.${there} ${counts[0] < 10 ? wide : ''}`.trim()
}

/** What was trained, and why so. */
export function setting({ rows, runs, settings }) {
  const { batch, epochs, rate, testImages, testEvery, finalImages } = settings
  const [{ parameters, trainingImages, steps }] = runs
  const seen = ['none', BASE].flatMap(id => rows.filter(row => row.id === id))
  const overfit = seen.map(
    row =>
      `${row.method} ends with ${percent(row.trainError.mean)} % errors on its training images and ${percent(row.testError.mean)} % on the test images`
  )
  return `## How it was done

- **Network:** four convolutions of 3 × 3 (16, 32, 64, 64 filters), each with batch normalisation and ReLU, then the mean over the
  image: ${parameters.toLocaleString('en')} parameters. Stochastic gradient descent with Nesterov momentum 0.9, no weight decay, batches of ${batch}.
  The learning rate rises to ${rate} within a tenth of the steps and falls along half a cosine.
- **Images:** ${trainingImages.toLocaleString('en')} of the 50,000 training images (\`subset\`, the same for every seed), ${epochs} epochs, ${steps.toLocaleString('en')} steps. The table is made
  from ${finalImages.toLocaleString('en')} test images after the last epoch, never from a best one; the curves from the first ${testImages.toLocaleString('en')}, every ${testEvery} epochs.
- **Why so:** all of it had to end within about an hour on two cores, and the network had to overfit, as it does in the papers, or there
  is nothing to regularise; with crop + flip too, beside which all others stand. Few images many times do that. At equal cost, 2,000
  images for 40 epochs had left crop + flip with 32 % errors on its training images. All this was fixed after looking at crop + flip
  and at no augmentation, with and without batch normalisation; of the others there had been smoke runs of
  eight steps only, to see that they run.
  ${overfit.map(text => `${text[0].toUpperCase()}${text.slice(1)}`).join('. ')}.
- **One rule for all:** strengths are those of each paper for CIFAR-10, or its only ones; none was tuned. For one seed all
  configurations begin with the same weights and see the same images in the same order, so differences are paired by seed. Spatial
  dropout has the rate of dropout, as its paper's could not be checked. SamplePairing keeps the shares of its paper's schedule. Smart
  Augmentation has a smaller network A than its paper, which would take most of the hour; its classifier sees as many images and
  takes as many steps as the others, half of the images made by A.`
}
