import type { SampleSource } from '#dist/sources/source.js'

/** Why a data set is not there and cannot be fetched on this machine; empty where it is there. Other errors pass. */
export async function whyMissing(source: SampleSource): Promise<string> {
  try {
    await source.info()
    return ''
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'FETCH') throw error
    return `(skipped: ${(error as Error).message})`
  }
}
