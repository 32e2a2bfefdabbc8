import { cifar10 } from 'millrace'

const BAR = 24 // characters
const LINE_EVERY_MS = 10_000

/** Fetches CIFAR-10 where it is not in the cache yet, and shows how far that is. */
export async function showDownload() {
  const line = new StatusLine()
  const onProgress = ({ stage, done, total }) => {
    const amount = stage === 'download' ? `${(done / 1e6).toFixed(0)} MB` : `${done.toLocaleString('en')} images`
    line.show(`CIFAR-10, ${stage} ${total === undefined ? '' : `${bar(done / total)} `}${amount}`)
  }
  for (const split of ['train', 'test']) await cifar10({ split, onProgress }).info()
  line.end()
}

/** One line on how training goes. */
export class TrainingProgress {
  #run
  #line = new StatusLine()
  #started = performance.now()
  #loss
  #speed = ''

  constructor(run) {
    this.#run = run
  }

  speed({ imagesPerSecond, waitedShare }) {
    this.#speed = `${imagesPerSecond.toFixed(0)} img/s, waited ${(waitedShare * 100).toFixed(0)} %`
  }

  step({ step, loss, epoch }) {
    const { first, end, epochs } = this.#run
    // A loss that forgets: single batches of mixed images say little.
    this.#loss = this.#loss === undefined ? loss : this.#loss + (loss - this.#loss) * 0.05
    const left = ((performance.now() - this.#started) / (step - first)) * (end - step)
    const parts = [
      `epoch ${epoch + 1}/${epochs}`,
      `loss ${this.#loss.toFixed(3)}`,
      this.#speed,
      `${duration(left)} left`
    ]
    this.#line.show(`${bar((step - first) / (end - first))} ${parts.filter(Boolean).join(', ')}`, step === end)
  }

  end() {
    this.#line.end()
  }
}

/** A line that is written over on a terminal, and repeated now and then elsewhere. */
class StatusLine {
  #shown = ''
  #at = -Infinity

  show(text, always = false) {
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${text.slice(0, process.stdout.columns - 1)}\x1b[K`)
    } else if (always || performance.now() - this.#at > LINE_EVERY_MS) {
      this.#at = performance.now()
      console.log(text)
    }
    this.#shown = text
  }

  end() {
    if (this.#shown !== '' && process.stdout.isTTY) process.stdout.write('\n')
  }
}

function bar(share) {
  const full = Math.round(Math.min(1, share) * BAR)
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${(share * 100).toFixed(0).padStart(3)} %`
}

function duration(ms) {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
