// What is installed, and from where.

/** Of @tensorflow/tfjs-node and of the @tensorflow/tfjs that it shares with the project. */
export const TFJS_VERSION = '4.22.0'

/** Raise it whenever the recipe changes, so that packages which were built by the old one are not used again. */
export const RECIPE = 1

/** Where tfjs-node's own install script downloads from, unless its environment variables name another host. */
export const DOWNLOAD_HOST = 'https://storage.googleapis.com/'

/** The C headers of Node-API, which stay valid for every later Node. */
export const NODE_API_HEADERS = 'node-api-headers@1.9.0'

/**
 * The newest libtensorflow that passes all of tfjs-core's own tests (2.17 and later round int32 wrongly), as the wheels
 * on PyPI that carry it. For arm64 `tensorflow-cpu` itself is no more than a reference to the package named here.
 */
export const WHEELS = {
  x64: {
    requirement: 'tensorflow-cpu==2.15.1',
    platform: 'manylinux2014_x86_64',
    megabytes: 207,
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26'
  },
  arm64: {
    requirement: 'tensorflow-cpu-aws==2.15.1',
    platform: 'manylinux2014_aarch64',
    megabytes: 212,
    sha256: 'd4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e'
  }
}

/** Which of the package's versions of Node-API this Node loads. */
export function nodeApi(manifest) {
  return Math.max(...manifest.binary.napi_versions.filter(version => version <= process.versions.napi))
}
