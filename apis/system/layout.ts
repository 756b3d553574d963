import type { ObjectMeta } from "../meta/resource.ts";
import { containerNameOf } from "../workload/identity.ts";

type Named = { readonly metadata: Pick<ObjectMeta, "name" | "namespace"> };

/** Where a machine keeps things, below its data path; every path follows from names alone. */
export class Layout {
  readonly root: string;

  constructor(dataPath: string) {
    this.root = dataPath;
  }

  /** What is about to be removed; same file system as the rest. */
  get trash(): string {
    return `${this.root}/trash`;
  }

  /** Mount point of the image every container's root is made from. */
  get runtime(): string {
    return `${this.root}/runtime/root`;
  }

  /** Data of a Volume. */
  volume({ metadata }: Named): string {
    return `${this.root}/volumes/${metadata.namespace ?? ""}/${metadata.name}`;
  }

  /** Mount points of an Archive: `javascript`, `assets`, `images/<id>`. */
  archive(name: string): string {
    return `${this.root}/images/${name}`;
  }

  /** The package's data version; kept with the volumes when the package goes. */
  dataVersion(namespace: string, name: string): string {
    return `${this.root}/data-versions/${namespace}/${name}`;
  }

  container(container: Named): ContainerLayout {
    return new ContainerLayout(`${this.root}/containers/${containerNameOf(container)}`);
  }
}

/** A container's own folder. */
export class ContainerLayout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get upper(): string {
    return `${this.root}/upper`;
  }

  get work(): string {
    return `${this.root}/work`;
  }

  /** Mount point of the overlay that is the container's root. */
  get rootfs(): string {
    return `${this.root}/rootfs`;
  }

  /** Holds host.sock and service.sock; seen inside as /media/startos/rpc. */
  get rpc(): string {
    return `${this.root}/rpc`;
  }

  /** Shared with the inside, where it is /media/startos/subcontainers. */
  get subcontainers(): string {
    return `${this.root}/subcontainers`;
  }

  /** Writes of a subcontainer. */
  subcontainerUpper(guid: string): string {
    return `${this.root}/scratch/${guid}/upper`;
  }

  subcontainerWork(guid: string): string {
    return `${this.root}/scratch/${guid}/work`;
  }

  get scratch(): string {
    return `${this.root}/scratch`;
  }

  /** `.env` and `.json` of images, as the inside sees them below /media/startos/images. */
  get images(): string {
    return `${this.root}/images`;
  }
}
