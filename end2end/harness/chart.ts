// Helm charts, made on the spot: a Chart.yaml and one template in a gzipped tar.

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

export interface Chart {
  name: string;
  version: string;
  appVersion?: string;
  description?: string;
}

/** The metadata as Helm puts it into an OCI config blob. */
export function metadata(chart: Chart): Record<string, unknown> {
  return {
    apiVersion: "v2",
    name: chart.name,
    version: chart.version,
    appVersion: chart.appVersion ?? "1.0",
    description: chart.description ?? `The chart ${chart.name}`,
    type: "application",
    keywords: ["end2end"],
    maintainers: [{ name: "Ada", email: "ada@example.com" }],
  };
}

/** The archive. */
export function archive(chart: Chart): Buffer {
  const yaml = Object.entries(metadata(chart))
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join("");
  const template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: example\n";
  return gzipSync(Buffer.concat([
    tarEntry(`${chart.name}/Chart.yaml`, yaml),
    tarEntry(`${chart.name}/templates/configmap.yaml`, template),
    Buffer.alloc(1024),
  ]));
}

/** `sha256:` and the digest, as registries write it. */
export function digest(content: Buffer | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function tarEntry(name: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  content.copy(padded);
  return Buffer.concat([header, padded]);
}
