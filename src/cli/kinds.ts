/** What commands take as images, for help and messages. */
export const KINDS = 'a folder, a manifest (.csv, .tsv, .jsonl), a Parquet file, shards (.tar), cifar10 or mnist'
