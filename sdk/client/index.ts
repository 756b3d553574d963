export { ApiError, type FailureStatus, isApiError } from "./api-error.ts";
export { Client, type Listed, type Seen } from "./client.ts";
export { readKubeconfig } from "./kubeconfig.ts";
export { type PathKind, pathOf, type Place } from "./paths.ts";
export { uploadArchive, type UploadOptions, type UploadProgress } from "./upload-archive.ts";
export { type ApiRequest, type ClientConfig, Transport } from "./transport.ts";
