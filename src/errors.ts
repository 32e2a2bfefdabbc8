/**
 * The errors that Millrace throws. Constructors take facts and build the sentence: what was expected, what came, what
 * to do. Bad options throw at the call; bad data arrives through the Observable's `error`.
 */

/** The base class of every error of this library; `code` is stable, the message is for people. */
export class LoaderError extends Error {
  /** A stable name of the kind of error, such as `'INVALID_OPTION'`. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** An option, or a relation between options, that cannot be used. Thrown at the call that was given it. */
export class InvalidOptionError extends LoaderError {
  /** The function that was called. */
  readonly caller: string
  /** The option that was wrong. */
  readonly option: string

  constructor(facts: {
    caller: string
    option: string
    expected: string
    received: unknown
    hint?: string | undefined
  }) {
    const { caller, option, expected, received, hint } = facts
    super(
      'INVALID_OPTION',
      `${caller}: \`${option}\` must be ${expected}, but is ${show(received)}.${hint ? ` ${hint}` : ''}`
    )
    this.caller = caller
    this.option = option
  }
}

/** A data set or one of its samples that cannot be read. */
export class SourceError extends LoaderError {
  /** The key of the sample, where one is to blame. */
  readonly key: string | undefined
  /** The index of the sample within its source, where one is to blame. */
  readonly index: number | undefined

  constructor(
    message: string,
    facts: { key?: string | undefined; index?: number | undefined; cause?: unknown; code?: string } = {}
  ) {
    super(facts.code ?? 'SOURCE', message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.key = facts.key
    this.index = facts.index
  }
}

/** A step or operator that failed on a sample or a batch. */
export class OperatorError extends LoaderError {
  /** The operator's name. */
  readonly operator: string
  /** The key of the sample, where one is to blame. */
  readonly key: string | undefined

  constructor(operator: string, message: string, facts: { key?: string | undefined; cause?: unknown } = {}) {
    super('OPERATOR', `${operator}: ${message}`, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.operator = operator
    this.key = facts.key
  }
}

/** Images or labels whose sizes do not fit together. */
export class ShapeError extends LoaderError {
  constructor(message: string) {
    super('SHAPE', message)
  }
}

/** A worker thread that died, or could not be started. */
export class WorkerError extends LoaderError {
  constructor(message: string, options?: ErrorOptions) {
    super('WORKER', message, options)
  }
}

/** A cursor that does not belong to the data set, the seed or the steps that it is resumed with. */
export class CursorError extends LoaderError {
  constructor(message: string) {
    super('CURSOR', message)
  }
}

/** Renders a received value and its type, short enough for a message. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)} (string)`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return `${value} (${typeof value})`
  }
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `a function${value.name ? ` (${value.name})` : ''}`
  if (typeof value === 'symbol') return value.toString()
  if (Array.isArray(value)) {
    const head = value.slice(0, 4).map(item => (typeof item === 'object' && item !== null ? kind(item) : String(item)))
    return `[${head.join(', ')}${value.length > 4 ? ', …' : ''}] (array of ${value.length})`
  }
  return kind(value)
}

function kind(value: object): string {
  const name = value.constructor?.name
  return name === undefined || name === 'Object'
    ? `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`
    : `a ${name}`
}
