/** Work that a process should do once, however many ask for it at the same time. */

const pending = new Map<string, Promise<unknown>>()
const held = new Map<string, WeakRef<object>>()

/** Joins those who ask for the same while it is under way; the next who asks starts again. */
export function inFlight<T>(name: string, work: () => Promise<T>): Promise<T> {
  const coming = pending.get(name)
  if (coming !== undefined) return coming as Promise<T>
  const started = work().finally(() => pending.delete(name))
  pending.set(name, started)
  return started
}

/** Shares a large thing while anybody holds it; made again where nobody does, or where making it failed. */
export async function sharedOnce<T extends object | undefined>(name: string, make: () => Promise<T>): Promise<T> {
  const here = held.get(name)?.deref()
  if (here !== undefined) return here as T
  return inFlight(name, async () => {
    const made = await make()
    if (made !== undefined) held.set(name, new WeakRef(made))
    return made
  })
}
