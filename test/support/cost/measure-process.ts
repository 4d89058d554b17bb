import { readMeasuredWorkload } from '../../../scripts/cost/workloads/measured-workload.ts';
import { medium } from '../../../scripts/cost/workloads/medium.ts';

/** Reads the metrics in the file of its first argument, and prints images a day. */
const { workload } = await readMeasuredWorkload(String(process.argv[2]), medium);
process.stdout.write(String(workload.imagesPerDay));
