import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

import { failing, type HealthCheck, healthy } from "./health-check.ts";

/** Passes when a URL answers with a status below 400 within the time. Containers share a network: localhost is the daemon's. */
export function webUrl(url: string, timeoutMs = 1000): HealthCheck {
  return async () => {
    try {
      const status = await statusOf(url, timeoutMs);
      return status < 400 ? healthy(`${url} answers`) : failing(`${url} answers with ${status}`);
    } catch (error) {
      return failing(`${url} does not answer: ${String(error)}`);
    }
  };
}

/** Not by fetch: loading it costs every container several megabytes for a request like this. */
function statusOf(url: string, timeoutMs: number): Promise<number> {
  const request = url.startsWith("https:") ? requestTls : requestPlain;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // A certificate of the daemon itself need not be one that the world trusts.
  const options = { agent: false, signal: AbortSignal.timeout(timeoutMs), rejectUnauthorized: false };
  const sent = request(url, options, (response) => {
    response.on("error", reject).resume();
    resolve(response.statusCode ?? 0);
  });
  sent.on("error", reject).end();
  return promise;
}
