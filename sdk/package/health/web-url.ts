import { failing, type HealthCheck, healthy } from "./health-check.ts";

/** Passes when a URL answers with a status below 400 within the time. Containers share a network: localhost is the daemon's. */
export function webUrl(url: string, timeoutMs = 1000): HealthCheck {
  return async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
      await response.body?.cancel();
      return response.status < 400
        ? healthy(`${url} answers`)
        : failing(`${url} answers with ${response.status}`);
    } catch (error) {
      return failing(`${url} does not answer: ${String(error)}`);
    }
  };
}
