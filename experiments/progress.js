/** What is printed while the experiments run. */

/** Tells the time that is left from what has been trained so far; a run counts as its configuration's `cost`. */
export class Progress {
  #left
  #done = 0
  #total
  #started = performance.now()

  constructor(runs) {
    this.#total = runs.length
    this.#left = runs.reduce((sum, { configuration }) => sum + costOf(configuration), 0)
  }

  /** After an epoch: `share` of the run is done, of which `from` was done before. */
  epoch({ configuration, seed, number }, { epoch, epochs, trainError, testError, from }) {
    const here = costOf(configuration)
    const trained = this.#done + here * (epoch / epochs - from)
    const ms = ((performance.now() - this.#started) / trained) * (this.#left - here * (epoch / epochs))
    const parts = [
      `${number}/${this.#total} ${configuration.id}, seed ${seed}`,
      `epoch ${epoch}/${epochs}`,
      trainError === undefined ? '' : `training error ${percent(trainError)}`,
      testError === undefined ? '' : `test error ${percent(testError)}`,
      `${duration(ms)} left`
    ]
    const text = parts.filter(Boolean).join(', ')
    if (process.stdout.isTTY) process.stdout.write(`\r${text.slice(0, process.stdout.columns - 1)}\x1b[K`)
    else if (testError !== undefined && (epoch === epochs || (epoch * 4) % epochs === 0)) console.log(text)
  }

  end({ configuration }, { testError, trainError, seconds, waitedShare }, from) {
    this.#left -= costOf(configuration)
    this.#done += costOf(configuration) * (1 - from)
    const newline = process.stdout.isTTY ? '\n' : ''
    const errors = `test error ${percent(testError)}, training error ${percent(trainError)} without augmentation`
    console.log(`${newline}  ${errors}; ${duration(seconds * 1000)}, waited ${percent(waitedShare)}`)
  }
}

function costOf({ cost = 1 }) {
  return cost
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

function duration(ms) {
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const rest = String(seconds % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}
