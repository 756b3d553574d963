import { readFileSync } from "node:fs";

import { CliError, exitCodes } from "../cli-error.ts";
import { DEFAULT_DATA, kubeconfigPath } from "../connection/connect.ts";
import type { Invocation } from "../invocation.ts";
import { isFields, textOf } from "../json.ts";
import type { Options } from "../options.ts";
import { yamlText } from "../output/object-text.ts";

const SECRET = /^(client-key-data|client-key|token|tokenFile|password|client-certificate-data)$/;

/** `freehold config view`: the file without what would let a reader in. */
export async function runConfigView({ terminal, options }: Invocation): Promise<number> {
  const { path, value } = await readConfig(options);
  terminal.say(`# ${path}\n`);
  terminal.out(yamlText(redacted(value)));
  return exitCodes.ok;
}

/** `freehold config current-context`. */
export async function runCurrentContext({ terminal, options }: Invocation): Promise<number> {
  const { path, value } = await readConfig(options);
  const name = options.text("context") ?? (isFields(value) ? textOf(value["current-context"]) : undefined);
  if (name === undefined) throw new CliError(`Cannot tell the context: "${path}" has no current-context`);
  terminal.out(`${name}\n`);
  return exitCodes.ok;
}

async function readConfig(options: Options): Promise<{ path: string; value: unknown }> {
  const path = kubeconfigPath(options);
  if (path === undefined) {
    throw new CliError("Cannot find a kubeconfig", {
      exitCode: exitCodes.notFound,
      next: `give --kubeconfig, set KUBECONFIG, or start a server (freehold up --data ${DEFAULT_DATA})`,
    });
  }
  const { parse } = await import("yaml");
  try {
    return { path, value: parse(readFileSync(path, "utf8")) };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError(`Cannot read kubeconfig "${path}": ${found}`, {
      exitCode: exitCodes.notFound,
      next: "give --kubeconfig FILE, or set KUBECONFIG",
      cause: error,
    });
  }
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET.test(name)
        ? "REDACTED"
        : name === "certificate-authority-data"
          ? "DATA+OMITTED"
          : redacted(member),
    ]),
  );
}
