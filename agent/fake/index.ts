export { fakeArchive } from "./fake-archive-sample.ts";
export { FakeArchiveHost, type FakeArchiveFile } from "./fake-archive-host.ts";
export { type ExecAnswer, FakeContainerHost } from "./fake-container-host.ts";
export { fakeFacts, FakeHost, type FakeWorld } from "./fake-host.ts";
export { FakeLinkHost } from "./fake-link-host.ts";
export { FakeMountHost } from "./fake-mount-host.ts";
export { FakePacketHost } from "./fake-packet-host.ts";
export { type FakeRuntime, FakeRuntimeHost } from "./fake-runtime-host.ts";
export type { FailAt } from "./fault-gate.ts";
