/** What the module exports. */
export { columns3, columns4, columnsFew, rows } from './resample'
