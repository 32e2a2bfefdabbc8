// The ordinary way: the package's own install script, which downloads libtensorflow and a built binding.
import { DOWNLOAD_HOST } from './facts.mjs'
import { run, SetupError } from './run.mjs'

const PROBE_MS = 10_000
const INSTALL_MS = 30 * 60_000

/** Runs the package's install script in its folder. */
export async function installOrdinarily(folder, { signal } = {}) {
  const host = downloadHost(process.env)
  if (!usesProxy(process.env)) await probe(host, signal)
  const what = `its own install script, which downloads from ${host}`
  await run('npm', ['run', '--silent', 'install'], { what, cwd: folder, signal, timeoutMs: INSTALL_MS })
}

/** Where the package's install script looks. */
export function downloadHost(env) {
  const named =
    env.TFJS_NODE_BASE_URI ??
    env.npm_config_TFJS_NODE_BASE_URI ??
    env.TFJS_NODE_CDN_STORAGE ??
    env.npm_config_TFJS_NODE_CDN_STORAGE ??
    env.CDN_STORAGE
  return named && URL.canParse(named) ? `${new URL(named).origin}/` : DOWNLOAD_HOST
}

/** The install script itself has no time limit, and would wait for minutes where a firewall drops its packets. */
async function probe(host, signal) {
  const limit = AbortSignal.timeout(PROBE_MS)
  try {
    await fetch(host, { method: 'HEAD', signal: signal ? AbortSignal.any([signal, limit]) : limit })
  } catch (error) {
    signal?.throwIfAborted()
    throw new SetupError(`${host} cannot be reached (${error.cause?.code ?? error.name})`)
  }
}

function usesProxy(env) {
  return Boolean(env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy)
}
