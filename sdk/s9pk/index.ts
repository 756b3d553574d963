export { Archive } from "./archive.ts";
export type { ArchiveDirectory, ArchiveFile, ArchiveGap, ArchiveNode } from "./archive.ts";
export { ArchiveError } from "./archive-error.ts";
export type { ArchiveErrorCode } from "./archive-error.ts";
export { bufferSource, sourceSlice } from "./archive-source.ts";
export type { ArchiveSource } from "./archive-source.ts";
export { FileSource, openFileSource } from "./file-source.ts";
export { archiveLimits, openArchive } from "./open-archive.ts";
export type { Commitment } from "./open-archive.ts";
export { verifyArchive, verifyArchiveFile } from "./verify-archive.ts";
export type { VerifyOptions, VerifyProgress } from "./verify-archive.ts";
export { encodeSigningKey, parseSigningKey, signingKeyOf } from "./keys/signing-key.ts";
export type { SigningKey } from "./keys/signing-key.ts";
export type {
  DependencyInfo,
  DeviceFilter,
  HardwareRequirements,
  ImageConfig,
  LocaleString,
  Manifest,
} from "./manifest/manifest.ts";
export { localize } from "./manifest/localize.ts";
export { parseManifest, readManifest } from "./manifest/parse-manifest.ts";
export { isNeededFile, selectImages } from "./manifest/select-images.ts";
export type { SelectedImage } from "./manifest/select-images.ts";
export { filterArchive } from "./write/filter-archive.ts";
export type { ArchiveSink } from "./write/emit-archive.ts";
export { writeArchive } from "./write/write-archive.ts";
export type { ArchiveContents } from "./write/write-archive.ts";
export { writeArchiveFile } from "./write/write-archive-file.ts";
