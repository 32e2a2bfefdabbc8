/** Where the results and the papers disagree, and why that may be. */
import { BASE } from '../matrix.js'
import { published } from './published.js'
import { verdict } from './summary.js'
import { differenceText, percent, signed } from './words.js'

const UNDERFITS = 0.02 // more training error than crop + flip: the method has not been learned to the end

/** Paragraphs for the page. */
export function contradictions(rows) {
  const base = rows.find(({ id }) => id === BASE)
  const compared = rows.filter(({ id, difference }) => published[id]?.fewer && difference !== undefined)
  if (base === undefined || compared.length === 0) return []
  const as = of => compared.filter(({ difference }) => verdict(difference) === of)
  const [lower, higher, open] = [as('lower'), as('higher'), as('open')]
  const list = some => some.map(({ method }) => method).join(', ')
  const parts = ['### Where they agree, and where they do not']
  if (lower.length > 0) parts.push(`**As published**, fewer errors than crop + flip: ${list(lower)}.`)
  if (open.length > 0) {
    const means = open.map(({ method, difference }) => `${method} ${signed(difference.mean)}`).join(', ')
    parts.push(
      `**Undecided**, the interval holds zero or there is none: ${means}. More seeds would tell: \`npm run experiments -- --seeds 10\`.`
    )
  }
  if (higher.length > 0)
    parts.push(
      '**Against the papers**, more errors than crop + flip:',
      higher.map(row => against(row, base)).join('\n')
    )
  return parts
}

function against({ method, difference, trainError }, base) {
  const here = `- **${method}**: ${differenceText(difference)} points. `
  const [own, bases] = [percent(trainError.mean), percent(base.trainError.mean)]
  if (trainError.mean > base.trainError.mean + UNDERFITS) {
    return `${here}Most likely it needs more capacity and epochs than there are here: it ends with ${own} % errors on its own training images, crop + flip with ${bases} %. The papers train far larger networks for 200 epochs and more, until the training images are learned in spite of the method.`
  }
  return `${here}It does learn its training images (${own} % errors, crop + flip ${bases} %), so it is not for want of epochs. Most likely it does not suit so small a network, or these seeds are exceptional.`
}
