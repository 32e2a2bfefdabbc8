/** What the module exports. */
export { flipColumns3 } from './flip'
export { columns3, columns4, columnsFew, rows } from './resample'
