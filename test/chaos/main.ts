import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, USAGE } from './arguments';
import { runCampaign } from './campaign';
import type { Plan } from './plan';
import { markdown } from './report/markdown';
import type { CampaignReport } from './report/summary';

/** @returns the exit code */
async function main(plan: Plan, stop: AbortSignal): Promise<number> {
  const reports: CampaignReport[] = [];
  for (const name of plan.databases) {
    if (stop.aborted) break;
    reports.push(await runCampaign(name, plan, stop));
    write(plan, reports);
  }
  console.log(markdown(plan, reports));
  return reports.some(({ violations }) => violations > 0) ? 1 : 0;
}

/** The first Ctrl-C ends a campaign early, in good order. */
function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

function write(plan: Plan, reports: readonly CampaignReport[]): void {
  mkdirSync(plan.folder, { recursive: true });
  writeFileSync(join(plan.folder, 'chaos.json'), JSON.stringify({ plan, node: process.version, reports }, null, 2));
  writeFileSync(join(plan.folder, 'chaos.md'), markdown(plan, reports));
}

function readPlan(): Plan {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

main(readPlan(), untilStopped()).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
