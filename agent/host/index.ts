export { createLinuxHost, type LinuxHostOptions } from "./create-linux-host.ts";
