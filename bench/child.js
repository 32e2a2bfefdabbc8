// Runs one case and prints what it measured as a line of JSON.
const [, , name, options] = process.argv
const cases = { ...(await import('./cases/millrace.js')), ...(await import('./cases/tfjsData.js')) }
try {
  console.log(JSON.stringify(await cases[name](JSON.parse(options))))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
process.exit()
