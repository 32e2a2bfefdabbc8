export interface Rng {
  uint32(): number
}
