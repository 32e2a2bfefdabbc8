/** Names for the files of a shard. WebDataset cuts a name at its first dot, and what is before it must be unique. */
export function memberNames(keys: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return keys.map(key => {
    const slash = key.lastIndexOf('/') + 1
    const dot = key.lastIndexOf('.')
    const folder = key.slice(0, slash)
    // A leading dot would hide the file; a backslash is a separator to some programs.
    const base = `${folder}${key.slice(slash, dot).replaceAll('.', '_')}`.replaceAll('\\', '_')
    let name = base
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`
    taken.add(name)
    return `${name}${key.slice(dot).toLowerCase()}`
  })
}
