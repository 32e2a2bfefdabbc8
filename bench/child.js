// Runs one case and prints what it measured as a line of JSON.
const [, , name, options] = process.argv
const load = name => import(`./cases/${name}.js`)
const cases = Object.assign(
  {},
  ...(await Promise.all(['millrace', 'tfjsData', 'limit', 'sharp', 'kernels', 'cursor', 'headspace'].map(load)))
)
try {
  console.log(JSON.stringify(await cases[name](JSON.parse(options))))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
process.exit()
