/** The public API of Millrace. */

// The vocabulary.
export type {
  Batch,
  BatchPlan,
  BatchStatistics,
  Continuation,
  Fault,
  Moments,
  Normalization,
  TensorBatch
} from './batch.js'
export type { Cursor } from './cursor.js'
// Looking inside.
export { type BatchDescription, describe, type SampleDescription, type StepDescription } from './engine/describe.js'
export {
  CursorError,
  InvalidOptionError,
  LoaderError,
  OperatorError,
  ShapeError,
  SourceError,
  WorkerError
} from './errors.js'
export type {
  Crop,
  Frame,
  Geometry,
  Image,
  Part,
  PartnerSource,
  SampleFacts,
  SampleStep,
  Shape
} from './kernels/step.js'
// Models: what belongs to the network.
export { type GradCam, type GradCamOptions, gradCam } from './models/gradCam.js'
export { type OverlayOptions, overlay } from './models/overlay.js'
export {
  type SmartAugmentation,
  type SmartAugmentationOptions,
  type SmartAugmentationStep,
  smartAugmentation
} from './models/smartAugmentation.js'
export {
  type LayersApi,
  type SpatialDropout2d,
  type SpatialDropout2dOptions,
  spatialDropout2d
} from './models/spatialDropout2d.js'
// Flow: from samples to batches, and ahead of time.
export { type AffineDisplacementOptions, affineDisplacement } from './operators/affineDisplacement.js'
export { type AugMixOptions, augMix } from './operators/augMix.js'
export { type BatchOptions, batch } from './operators/batch.js'
export { type BatchNormalizationOptions, batchNormalization } from './operators/batchNormalization.js'
export { type CacheOptions, cache } from './operators/cache.js'
// Sample operators: one more step for each image.
export { centerCrop } from './operators/centerCrop.js'
export { type ChannelDropoutOptions, channelDropout } from './operators/channelDropout.js'
export { type ColorJitterOptions, colorJitter } from './operators/colorJitter.js'
export { compose } from './operators/compose.js'
// Batch operators: one more step for each batch.
export { type CutMixOptions, cutMix } from './operators/cutMix.js'
export { type CutoutOptions, cutout } from './operators/cutout.js'
export { defineTransform, type TransformDefinition } from './operators/defineTransform.js'
export { type ElasticDistortionOptions, elasticDistortion } from './operators/elasticDistortion.js'
export { type ElasticGridOptions, elasticGrid } from './operators/elasticGrid.js'
export { type FMixOptions, fMix } from './operators/fMix.js'
export { type GaussianBlurOptions, gaussianBlur } from './operators/gaussianBlur.js'
export { type GrayscaleOptions, grayscale } from './operators/grayscale.js'
export { type GridMaskOptions, gridMask } from './operators/gridMask.js'
export { type HideAndSeekOptions, hideAndSeek } from './operators/hideAndSeek.js'
export { labelSmoothing } from './operators/labelSmoothing.js'
export { type MapConcurrentOptions, mapConcurrent } from './operators/mapConcurrent.js'
export { type MapPixelsOptions, mapPixels } from './operators/mapPixels.js'
export { type MixUpOptions, mixUp } from './operators/mixUp.js'
export { type MonitorOptions, type MonitorReport, monitor, type StageReport } from './operators/monitor.js'
export { type MosaicOptions, mosaic } from './operators/mosaic.js'
export { type NormalizeOptions, normalize } from './operators/normalize.js'
export { type OneOfOptions, oneOf } from './operators/oneOf.js'
export { type PixelDropoutOptions, pixelDropout } from './operators/pixelDropout.js'
export { type FaultAction, type FaultPolicy, type PrefetchOptions, prefetch } from './operators/prefetch.js'
export { type RandAugmentOptions, randAugment } from './operators/randAugment.js'
export { type RandomCropOptions, randomCrop } from './operators/randomCrop.js'
export { type RandomErasingOptions, randomErasing } from './operators/randomErasing.js'
export { type RandomFlipOptions, randomFlip } from './operators/randomFlip.js'
export { type RandomPerspectiveOptions, randomPerspective } from './operators/randomPerspective.js'
export { type RandomResizedCropOptions, randomResizedCrop } from './operators/randomResizedCrop.js'
export { type RandomRotationOptions, randomRotation } from './operators/randomRotation.js'
export { repeatAugment } from './operators/repeatAugment.js'
export { type ResizeOptions, resize } from './operators/resize.js'
export { type ResizeMixOptions, resizeMix } from './operators/resizeMix.js'
export { type RicapOptions, ricap } from './operators/ricap.js'
export { sameClassTuples } from './operators/sameClassTuples.js'
export { type SamplePairingOptions, type SamplePairingSchedule, samplePairing } from './operators/samplePairing.js'
export type { AxesOption, RangeOption, SamplingOptions } from './operators/sampling.js'
export { sometimes } from './operators/sometimes.js'
export type { BatchOperator, SampleOperator } from './operators/steps.js'
export { type TrivialAugmentWideOptions, trivialAugmentWide } from './operators/trivialAugmentWide.js'
export { windowShuffle } from './operators/windowShuffle.js'
export { Rng } from './random/rng.js'
export type { Box, ImageRef, Keypoint, Label, PixelRef, Sample, SourceInfo, Step, Targets } from './sample.js'
// Sinks: batches to tensors, steps, files and loops.
export type { Executed } from './sinks/batches.js'
export { type ChannelStats, type ChannelStatsOptions, channelStats } from './sinks/channelStats.js'
export { type ContactSheetOptions, contactSheet } from './sinks/contactSheet.js'
export { forEachBatch } from './sinks/forEachBatch.js'
export { type AsyncIterableOptions, toAsyncIterable } from './sinks/toAsyncIterable.js'
export { type TensorDataset, type TensorIterator, type ToDatasetOptions, toDataset } from './sinks/toDataset.js'
export { type ToTensorsOptions, toTensors } from './sinks/toTensors.js'
export { trainStep } from './sinks/trainStep.js'
export type { TensorFactory } from './sinks/upload/uploader.js'
// Sources: data sets as Observables of samples.
export { type ArraysOptions, arrays, type ClassLabels } from './sources/arrays.js'
export { type Cifar10Options, cifar10 } from './sources/cifar10.js'
export { type ClassBalancedOptions, classBalanced } from './sources/classBalanced.js'
export { type ImageFolderOptions, imageFolder } from './sources/imageFolder.js'
export { type IndexedOptions, indexed } from './sources/indexed.js'
export type { PixelItem, SampleItem } from './sources/item.js'
export { type IterableOptions, iterable } from './sources/iterable.js'
export { type ManifestOptions, manifest } from './sources/manifest.js'
export type { ManifestFormat } from './sources/manifestRows.js'
export {
  type DatasetOperator,
  type MixDatasetsOptions,
  type MixedDataset,
  mixDatasets
} from './sources/mixDatasets.js'
export { type MnistOptions, mnist } from './sources/mnist.js'
export type { FetchProgress } from './sources/npmPackage.js'
export { type ParquetOptions, parquet } from './sources/parquet.js'
export type { Sampler } from './sources/sampler.js'
export type { IndexedSourceOptions, SampleSource, SourceOptions } from './sources/source.js'
export { type TarShardsOptions, tarShards } from './sources/tarShards.js'
export { type WeightedOptions, weighted } from './sources/weighted.js'
