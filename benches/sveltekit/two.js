// Two processes on one port: Node's own way to use a second core.
import cluster from "node:cluster";

if (cluster.isPrimary) {
	for (const _ of [1, 2]) cluster.fork();
	process.on("SIGTERM", () => process.exit());
} else {
	await import("./build/index.js");
}
