import { parentPort, workerData } from "node:worker_threads";

import type { WriterHello, WriterReply, WriterRequest } from "./messages.ts";
import type { Row } from "./rows.ts";
import { isBusy, toStoreError } from "./sqlite-error.ts";
import { StoreFile } from "./store-file.ts";

/** Rows in one message at the start: few enough that taking them in is no long task for the main thread. */
const SLICE_ROWS = 250;

/** The one thread that writes. It commits what it is given, and answers only once the disk has it. */
function main(port: NonNullable<typeof parentPort>, path: string): void {
  const say = (message: WriterHello | WriterReply): void => port.postMessage(message);
  let file: StoreFile;
  try {
    file = StoreFile.open(path);
  } catch (error) {
    const { code, message } = toStoreError(error, `open the store "${path}"`);
    say({ error: { code, message } });
    return;
  }
  const { revision, compacted } = file.state;
  say({ opened: { revision, compacted } });
  const answer = answerer(file, path);
  port.on("message", (request: WriterRequest) => {
    say(answer(request));
    if (request.type === "close") port.close();
  });
}

function answerer(file: StoreFile, path: string): (request: WriterRequest) => WriterReply {
  const loading = file.rows();
  let broken: WriterReply | undefined;
  return (request) => {
    if (broken && request.type !== "close") return broken;
    try {
      return perform(request, file, loading);
    } catch (error) {
      const { code, message } = toStoreError(error, `${request.type} in the store "${path}"`);
      const reply: WriterReply = { error: { code, message } };
      // After any other failure the disk may hold more than we know of; only a fresh start finds out.
      if (code !== "NoSpace" && !isBusy(error)) broken = reply;
      return reply;
    }
  };
}

function perform(request: WriterRequest, file: StoreFile, loading: Generator<Row>): WriterReply {
  switch (request.type) {
    case "load":
      return { rows: nextSlice(loading) };
    case "commit":
      file.commit(request.rows);
      return {};
    case "forget":
      file.forget(request.below, request.versions);
      return {};
    case "checkpoint":
      file.checkpoint();
      return {};
    case "close":
      file[Symbol.dispose]();
      return {};
  }
}

function nextSlice(rows: Generator<Row>): readonly Row[] {
  const slice: Row[] = [];
  while (slice.length < SLICE_ROWS) {
    const next = rows.next();
    if (next.done) break;
    slice.push(next.value);
  }
  return slice;
}

if (parentPort) main(parentPort, String(workerData));
