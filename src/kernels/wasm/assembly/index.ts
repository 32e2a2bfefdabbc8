/** What the module exports. */
export { columns, columnsAny, rows } from './resample'
