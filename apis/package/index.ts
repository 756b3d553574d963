export { actionKind } from "./action.ts";
export { archiveKind } from "./archive.ts";
export { packageKind } from "./package.ts";
export { serviceInterfaceKind } from "./service-interface.ts";
export { serviceReportKind } from "./service-report.ts";
