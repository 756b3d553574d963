import { request } from "node:https";

import type { PostReview } from "./webhook-converter.ts";

const DEADLINE_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Posts JSON over TLS to a server whose certificate is from the given authorities (PEM in base64), or from the system's. */
export function postReviewTo(url: string, caBundle: string | undefined): PostReview {
  const ca = caBundle === undefined ? undefined : Buffer.from(caBundle, "base64").toString();
  return (review) =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(JSON.stringify(review));
      const sent = request(url, {
        method: "POST",
        ...(ca !== undefined && { ca }),
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          accept: "application/json",
        },
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on("data", (piece: Buffer) => {
          size += piece.length;
          if (size > MOST_BYTES) response.destroy(new Error(`the answer is longer than ${MOST_BYTES} bytes`));
          else pieces.push(piece);
        });
        response.on("error", reject);
        response.on("end", () => {
          const { statusCode = 0 } = response;
          const text = Buffer.concat(pieces).toString();
          if (statusCode !== 200) reject(new Error(`it answered ${statusCode}: ${text.slice(0, 200)}`));
          else resolve(parse(text));
        });
      });
      sent.end(body);
    });
}

/** What is no JSON is told apart later, like any other answer that makes no sense. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
