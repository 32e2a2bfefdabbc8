/** What is computed once for each pair of objects, and kept for as long as both are there. */

/** A function that remembers what it made of each pair. */
export function pairMemo<A extends object, B extends object, T extends {}>(make: (a: A, b: B) => T): (a: A, b: B) => T {
  const made = new WeakMap<A, WeakMap<B, T>>()
  return (a, b) => {
    let ofFirst = made.get(a)
    if (ofFirst === undefined) {
      ofFirst = new WeakMap()
      made.set(a, ofFirst)
    }
    let value = ofFirst.get(b)
    if (value === undefined) {
      value = make(a, b)
      ofFirst.set(b, value)
    }
    return value
  }
}
