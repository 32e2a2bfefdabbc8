/** Asynchronous work, a few pieces at a time, whose results come in the order of the pieces. */
export async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  jobs: number
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = []
  for (const item of items) {
    const started = work(item)
    started.catch(() => {}) // it is told in its turn
    running.push(started)
    if (running.length >= jobs) yield await running.shift()!
  }
  while (running.length > 0) yield await running.shift()!
}
