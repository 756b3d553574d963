/** Where the daemons keep things below their data folder. */
export class Places {
  readonly data: string;

  constructor(data: string) {
    this.data = data;
  }

  get adminKubeconfig(): string {
    return `${this.data}/admin.kubeconfig`;
  }

  /** The server's own; belongs to the server's user. */
  get server(): string {
    return `${this.data}/server`;
  }

  get store(): string {
    return `${this.server}/store.db`;
  }

  get encryptionKey(): string {
    return `${this.server}/encryption.key`;
  }

  get socket(): string {
    return `${this.server}/api.sock`;
  }

  get agentToken(): string {
    return `${this.server}/agent.token`;
  }

  /** An administrator's bearer token, made at the first start. */
  get firstLogin(): string {
    return `${this.server}/first-login.token`;
  }

  get auditLog(): string {
    return `${this.server}/audit/audit.log`;
  }

  get agent(): string {
    return `${this.data}/agent`;
  }

  /** What the ports of this machine keep for themselves. */
  get agentHost(): string {
    return `${this.agent}/host`;
  }

  /** Pid of the daemons in the background. */
  get pid(): string {
    return `${this.data}/up.pid`;
  }

  get machineName(): string {
    return `${this.agent}/machine`;
  }
}
