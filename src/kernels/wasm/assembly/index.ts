/** What the module exports. */
export { flipColumns3 } from './flip'
export { blur, toBytes, toFloats } from './gaussian'
export { blendBytes, blendNormalized, normalize } from './mix'
export { noise } from './noise'
export { affinePlaces, displacePlaces } from './places'
export { copyBlock, cover, crop } from './rectangles'
export { columns3, columns4, columnsFew, rows } from './resample'
export { bilinear } from './warp'
