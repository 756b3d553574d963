/** RPC methods whose parameters are passed on as they are; section 5.6 of the package ABI. */
export const plainMethods = [
  "clear-callbacks",
  "action.export",
  "action.clear",
  "action.get-input",
  "action.run",
  "action.create-task",
  "action.clear-tasks",
  "restart",
  "shutdown",
  "set-main-status",
  "set-dependencies",
  "get-dependencies",
  "check-dependencies",
  "mount",
  "get-installed-packages",
  "set-backup-progress",
  "set-init-progress",
  "set-health",
  "notification.create",
  "subcontainer.create-fs",
  "subcontainer.destroy-fs",
  "get-service-port-forward",
  "clear-bindings",
  "get-os-ip",
  "export-service-interface",
  "export-range-service-interface",
  "clear-service-interfaces",
  "plugin.url.register",
  "plugin.url.export-url",
  "plugin.url.clear-urls",
  "get-ssl-key",
  "set-data-version",
  "get-data-version",
] as const;

/** Methods that also take a callback, which crosses as a number or null. */
export const watchedMethods = [
  "get-status",
  "get-service-manifest",
  "get-host-info",
  "get-container-ip",
  "get-outbound-gateway",
  "get-service-interface",
  "list-service-interfaces",
  "get-ssl-certificate",
  "get-system-smtp",
] as const;

/** Methods that tell the host who asked, for its logs. */
export const tracedMethods = ["bind", "bind-range"] as const;
