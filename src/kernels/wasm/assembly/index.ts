/** What the module exports. */
export { columns3, columns4, columnsFew, pack, rows } from './resample'
