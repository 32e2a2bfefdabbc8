/** A mistake in what was typed: shown as it is, without a stack. */
export class UsageError extends Error {}
