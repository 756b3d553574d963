import { packageKind } from "@freehold/apis/package";

import type { Authorizer } from "../auth/access.ts";
import { wishFor } from "../auth/attributes.ts";
import { forbidden } from "../errors/object-errors.ts";
import { badRequest, methodNotAllowed, noSuchPath, unauthorized } from "../errors/request-errors.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { document, type Reply } from "../http/reply.ts";
import { readRange } from "./read-range.ts";
import { sendFile } from "./send-file.ts";
import type { Uploads } from "./uploads.ts";

export interface UploadRoutePorts {
  readonly uploads: Uploads | undefined;
  readonly authorize: Authorizer;
}

const ROOT = "/uploads/archives";

export function isUploadPath(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

/**
 * `GET /uploads/archives` lists; below it each upload is named by its archive's root hash: `PUT ?size=` begins, `PATCH ?offset=` adds
 * bytes, `GET` tells how far it has come, `DELETE` takes it back, `GET …/content` gives a verified one's bytes. For all who may create
 * Packages in the namespace of `?namespace=` (default: `default`). Throws ApiError.
 */
export async function answerUpload(
  { uploads, authorize }: UploadRoutePorts,
  request: ApiRequest,
): Promise<Reply> {
  const [rootHash, part, ...more] = request.path.slice(ROOT.length + 1).split("/");
  if (!uploads || more.length > 0 || (part !== undefined && part !== "content")) throw noSuchPath();
  requireRight(authorize, request);
  if (request.path === ROOT) return answerList(uploads, request);
  // Nothing else ever becomes part of a file's name.
  if (rootHash === undefined || !/^[0-9a-f]{64}$/.test(rootHash)) {
    throw badRequest(`Cannot use "${rootHash}": wanted a root hash of 64 hexadecimal digits`);
  }
  return part === "content"
    ? answerContent(uploads, request, rootHash)
    : answerOne(uploads, request, rootHash);
}

async function answerList(uploads: Uploads, { method }: ApiRequest): Promise<Reply> {
  if (method !== "GET" && method !== "HEAD") throw methodNotAllowed();
  const apiVersion = "uploads.freehold.dev/v1";
  return document({ apiVersion, kind: "ArchiveUploadList", items: await uploads.list() });
}

async function answerOne(uploads: Uploads, request: ApiRequest, rootHash: string): Promise<Reply> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return document(await uploads.get(rootHash));
    case "PUT":
      return document(await uploads.begin(rootHash, wholeNumber(request, "size", 1)));
    case "PATCH":
      return document(await uploads.append(rootHash, wholeNumber(request, "offset", 0), request.openBody));
    case "DELETE":
      await uploads.remove(rootHash);
      return document({ apiVersion: "v1", kind: "Status", metadata: {}, status: "Success" });
    default:
      throw methodNotAllowed();
  }
}

async function answerContent(uploads: Uploads, request: ApiRequest, rootHash: string): Promise<Reply> {
  if (request.method !== "GET" && request.method !== "HEAD") throw methodNotAllowed();
  const { size, open } = await uploads.content(rootHash);
  return sendFile(open, size, readRange(request.header("range"), size));
}

function wholeNumber({ query }: ApiRequest, name: string, least: number): number {
  const text = query.get(name) ?? "";
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw badRequest(`Cannot use "${name}=${text}": wanted a whole number of bytes, ${least} or more`);
}

/** Who may install may upload; agents only fetch, and have the paths themselves in their role. */
function requireRight(authorize: Authorizer, { identity, query, method, path }: ApiRequest): void {
  if (!identity) throw unauthorized();
  const namespace = query.get("namespace") ?? "default";
  const decision = authorize(identity, wishFor("create", packageKind, { namespace }));
  if (decision.allowed && !decision.within) return;
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && authorize(identity, { verb: "get", path }).allowed) return;
  const why = `User "${identity.user}" cannot create Packages in the namespace "${namespace}", nor upload archives for them`;
  throw forbidden(packageKind, "", why);
}
