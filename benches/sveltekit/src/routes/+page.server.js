import { DatabaseSync } from "node:sqlite";

let list;

/** The statement of the page written by hand, which starts this server and hands it on. */
const statement = () => {
	list ??= new DatabaseSync(process.env.BENCH_DATABASE, { readOnly: true }).prepare(process.env.BENCH_STATEMENT);
	return list;
};

export const load = () => ({
	rows: statement().all().map((row) => ({ ...row, id: Buffer.from(row.id).toString("hex") })),
});
