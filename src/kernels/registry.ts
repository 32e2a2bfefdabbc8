/** Every built-in step. A new augmentation adds one line here. */
import { affineDisplacementStep } from './affineDisplacement.js'
import { augMixStep } from './augMix.js'
import { centerCropStep } from './centerCrop.js'
import { channelDropoutStep } from './channelDropout.js'
import { channelStatsStep } from './channelStats.js'
import { colorJitterStep } from './colorJitter.js'
import { composeStep } from './compose.js'
import { cutMixStep } from './cutMix.js'
import { cutoutStep } from './cutout.js'
import { elasticDistortionStep } from './elasticDistortion.js'
import { elasticGridStep } from './elasticGrid.js'
import { fMixStep } from './fMix.js'
import { gaussianBlurStep } from './gaussianBlur.js'
import { grayscaleStep } from './grayscale.js'
import { gridMaskStep } from './gridMask.js'
import { hideAndSeekStep } from './hideAndSeek.js'
import { labelSmoothingStep } from './labelSmoothing.js'
import { registerSteps } from './lookup.js'
import { mixUpStep } from './mixUp.js'
import { mosaicStep } from './mosaic.js'
import { oneOfBatchStep, oneOfStep } from './oneOf.js'
import { pixelDropoutStep } from './pixelDropout.js'
import { randAugmentStep } from './randAugment.js'
import { randomCropStep } from './randomCrop.js'
import { randomErasingStep } from './randomErasing.js'
import { randomFlipStep } from './randomFlip.js'
import { randomPerspectiveStep } from './randomPerspective.js'
import { randomResizedCropStep } from './randomResizedCrop.js'
import { randomRotationStep } from './randomRotation.js'
import { resizeStep } from './resize.js'
import { resizeMixStep } from './resizeMix.js'
import { ricapStep } from './ricap.js'
import { sameClassTuplesStep } from './sameClassTuples.js'
import { samplePairingStep } from './samplePairing.js'
import { sometimesStep } from './sometimes.js'
import type { BatchStep, SampleStep } from './step.js'
import { trivialAugmentWideStep } from './trivialAugmentWide.js'

const sampleSteps: readonly SampleStep[] = [
  resizeStep,
  centerCropStep,
  randomCropStep,
  randomResizedCropStep,
  randomFlipStep,
  affineDisplacementStep,
  randomRotationStep,
  randomPerspectiveStep,
  elasticDistortionStep,
  elasticGridStep,
  cutoutStep,
  randomErasingStep,
  gridMaskStep,
  hideAndSeekStep,
  pixelDropoutStep,
  channelDropoutStep,
  channelStatsStep,
  gaussianBlurStep,
  colorJitterStep,
  grayscaleStep,
  randAugmentStep,
  trivialAugmentWideStep,
  augMixStep,
  samplePairingStep,
  mosaicStep,
  sameClassTuplesStep,
  sometimesStep,
  oneOfStep,
  composeStep
]

const batchSteps: readonly BatchStep[] = [
  mixUpStep,
  cutMixStep,
  ricapStep,
  fMixStep,
  resizeMixStep,
  labelSmoothingStep,
  oneOfBatchStep
]

registerSteps(sampleSteps, batchSteps)

export { batchStepNames, findBatchStep, findSampleStep, registerTransform, sampleStepNames } from './lookup.js'
