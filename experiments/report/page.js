/** docs/results.md, from the numbers. */
import { BASE, HEAT_MAPS, matrix } from '../matrix.js'
import { contradictions } from './contradictions.js'
import { published } from './published.js'
import { HEAD, setting, state } from './setting.js'
import { mean } from './statistics.js'
import { differenceOf, runsOf } from './summary.js'
import { differenceText, percent, spreadText } from './words.js'

const WAITING = 0.03 // share

/** The whole page. `heatMaps` are one a seed; `seeds` is how many were asked for. */
export function page({ rows, runs, heatMaps, settings, seeds }) {
  if (runs.length === 0) return `${HEAD}\n\nNo run is there yet.\n`
  const counts = [...new Set(rows.map(({ n }) => n))].sort()
  const parts = [
    HEAD,
    state({ runs, counts, seeds }),
    setting({ rows, runs, settings }),
    '## The table',
    table(rows),
    LEGEND,
    normalisation(runs),
    '## Beside the papers',
    papers(rows),
    ...contradictions(rows),
    '## Errors over the epochs',
    CURVES,
    '## RICAP and CutMix beside the others',
    BARS,
    '## Where the networks look',
    ...looking(heatMaps),
    '## Waiting for data',
    waiting(rows, runs)
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function table(rows) {
  const lines = rows.map(row => {
    const cells = [
      row.method,
      row.strength,
      row.n,
      spreadText(row.testError),
      spreadText(row.trainError),
      row.id === BASE ? 'the base' : differenceText(row.difference),
      percent(row.waitedShare),
      Math.round(row.seconds)
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `| With crop + flip, except where it says no | Strength | Seeds | Test error, % | Training error, % | Difference to crop + flip, points | Waited, % | Seconds |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}`
}

const LEGEND = `Errors are mean ± standard deviation over seeds. The training error is that of the trained network on its own training images without
augmentation. The difference is the mean over seeds of test error minus that of crop + flip with the same seed; in brackets its 95 %
interval (paired, Student's t). *Waited* is the share of training time in which the model waited for data, in the worst run;
*seconds* are those of training one run.`

function normalisation(runs) {
  const pairs = [
    ['without augmentation', differenceOf(runs, 'none', 'noneWithoutNorm')],
    ['with crop + flip', differenceOf(runs, BASE, 'cropFlipWithoutNorm')]
  ].filter(([, difference]) => difference !== undefined)
  if (pairs.length === 0) return ''
  const texts = pairs.map(([name, difference]) => `${differenceText(difference)} points ${name}`)
  return `Batch normalisation changes the test error by ${texts.join(', and by ')}.`
}

function papers(rows) {
  const lines = rows.flatMap(({ id, method, difference }) => {
    const paper = published[id]
    return paper === undefined
      ? []
      : [`| ${method} | ${differenceText(difference)} | ${paper.text} | ${paper.source} |`]
  })
  return `| Method | Here: difference to crop + flip, points | Published: error without → with, % | From |
|---|---|---|---|
${lines.join('\n')}`
}

const CURVES = `![Errors over the epochs with and without SamplePairing](results/samplePairing.png)

As figure 15 of the article: dashed lines are errors on training images as they are seen, with augmentation and in training mode; solid
ones are errors on test images. Thin lines are single seeds. While SamplePairing is on, half of what is seen belongs to another image, so
its training error is high by design, and falls where it is off.`

const BARS = `![Test error of every configuration](results/errors.png)

![Difference to crop + flip with intervals](results/differences.png)

As figures 17 and 19. Bars are means, lines standard deviations, dots seeds. Below, the differences with their 95 % intervals.`

function looking(heatMaps) {
  const measured = heatMaps.filter(({ grids }) => grids > 0)
  if (measured.length === 0) return ['Not measured yet.']
  const lines = HEAT_MAPS.map(id => {
    const shares = measured.map(({ shares }) => shares[id])
    const each = shares.map(share => percent(share)).join(', ')
    return `| ${matrix.find(one => one.id === id).method} | ${percent(mean(shares))} | ${each} |`
  })
  const grids = measured.map(({ grids }) => grids).join(', ')
  return [
    `![Grad-CAM of the same test images for five networks](results/heatMaps.png)

As figure 18: Grad-CAM of the image's own class at the last convolution, for the networks of seed ${measured[0].seed}. The images are the first
of each class that all five networks classify rightly. Maps have 4 × 4 cells at this size, and are stretched.`,
    `How well a network points can be measured where the place of the object is known by construction. In the grid pointing game
([Böhle et al. 2021](https://arxiv.org/abs/2104.00032)) four test images of different classes, which all five networks classify rightly, stand in
the quarters of one image; measured is the share of a class's heat map that lies in its quarter. By chance it is 25 %.`,
    `| Network trained with | Share of the heat map in its quarter, % | Seeds |
|---|---|---|
${lines.join('\n')}`,
    `Grids: ${grids}. The measure is not neutral: RICAP trains on images of four parts, and CutMix on images of two, so such
arrangements are nothing new to these networks. Cutout, crop + flip and no augmentation can be compared without that.`
  ]
}

function waiting(rows, runs) {
  const over = runs.filter(({ waitedShare }) => waitedShare >= WAITING)
  const worst = Math.max(...runs.map(({ waitedShare }) => waitedShare))
  const names = over.map(({ id, seed, waitedShare }) => `${id}, seed ${seed}: ${percent(waitedShare)} %`)
  const verdict = over.length === 0 ? 'Every run stays below 3 %' : `Not below 3 %: ${names.join('; ')}`
  const fastest = Math.min(...rows.map(({ seconds }) => seconds))
  const [{ steps, settings }] = runsOf(runs, rows[0].id)
  const upload = mean(runs.map(({ uploadShare }) => uploadShare))
  return `${verdict}; the worst waited ${percent(worst)} % of its training time until a batch was made. Making a tensor of it, on the
thread that trains, took another ${percent(upload)} % on average; steps are short here. Time starts with the first batch that is asked for, so the
start of the workers is in it. The fastest configuration trained ${Math.round((steps * settings.batch) / fastest).toLocaleString('en')} images a second, on the same cores that made the
images.`
}
