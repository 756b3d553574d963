import { badRequest, tooLarge } from "../errors/request-errors.ts";
import type { RawRequest } from "./write-reply.ts";

/** Kubernetes' own bound. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The whole body. Throws 413 as soon as it is too long, and leaves the connection open for the answer. */
export async function readBody(request: RawRequest): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // Not `for await`: leaving such a loop destroys the request, and the client would never read why.
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(tooLarge(MAX_BODY_BYTES));
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("aborted", () => reject(badRequest("Cannot read the body: the client went away")));
  });
}
