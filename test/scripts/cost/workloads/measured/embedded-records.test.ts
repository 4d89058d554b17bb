import { expect } from 'chai';
import fc from 'fast-check';
import { recordsIn } from '../../../../../scripts/cost/workloads/measured/embedded-records.ts';
import { metricLine, withRenditions } from '../../../../support/cost/metric-records.ts';

const AT = Date.parse('2026-11-02T05:00Z');
const line = metricLine(AT);
const other = metricLine(AT + 1);
const event = { logStreamName: 'worker/1', timestamp: AT, message: line, eventId: '7' };
const cell = `"${line.replaceAll('"', '""')}"`;

/** Forms in which a record comes, with the number of records in each. */
const FORMS: [form: string, text: string, count: number][] = [
  ['the line of a worker', line, 1],
  ['the line of a worker on Windows', `${line}\r`, 1],
  ['a line behind the name of a container', `worker-1  | ${line}`, 1],
  ['`aws logs tail`', `2026-11-02T05:00:00.000000+00:00 worker/1/2 ${line}`, 1],
  ['`aws logs filter-log-events`', JSON.stringify({ events: [event] }, null, 4), 1],
  ['`aws logs filter-log-events` on one line', JSON.stringify({ events: [event, { ...event, message: other }] }), 2],
  ['`aws logs filter-log-events --output text`', `EVENTS\t7\t${AT}\tworker/1\t${line}\t${AT}`, 1],
  ['`--query events[].message --output text`', `${line}\t${other}`, 2],
  ['`aws logs get-query-results`', JSON.stringify({ results: [[{ field: '@message', value: line }]] }, null, 4), 1],
  [
    'Logs Insights as JSON',
    JSON.stringify([{ '@timestamp': 'x', '@message': JSON.parse(line) }, { '@message': other }]),
    2,
  ],
  ['Logs Insights as CSV', `@timestamp,@message\n2026-11-02 05:00:00.000,${cell}\n`, 1],
  ['Logs Insights as CSV with more columns', `2026-11-02 05:00:00.000,${cell},"worker/1"`, 1],
  ['a log file of Docker', JSON.stringify({ log: `${line}\n`, stream: 'stdout' }), 1],
];

describe('records of the worker', () => {
  for (const [form, text, count] of FORMS)
    it(`are read from ${form}`, () => {
      const found = text.split('\n').map(recordsIn);
      expect(found.reduce((sum, { unusable }) => sum + unusable, 0)).to.equal(0);
      const records = found.flatMap((each) => each.records);
      expect(records.map(({ at }) => at)).to.deep.equal([AT, AT + 1].slice(0, count));
      expect(records[0]).to.deep.equal(recordsIn(line).records[0]);
    });

  it('have bytes and milliseconds, with a shared decode counted once', () => {
    const renditionOf = (changes: object) => recordsIn(withRenditions(line, changes)).records[0]?.renditions[0];
    expect(recordsIn(line).records).to.have.nested.property('[0].bytesIn', 2_000_000);
    // 40 for the decode, 3 + 4.5 for passes, 20 for encoding.
    const own = renditionOf({ cpuMs: undefined });
    expect(own).to.include({ name: 'thumb', outcome: 'ready', bytesOut: 5000, workMs: 67.5, isProcessorTime: false });
    expect(renditionOf({ cpuMs: undefined, isDecodeShared: true })?.workMs).to.equal(27.5);
    expect(renditionOf({ cpuMs: 65 })).to.include({ workMs: 65, isProcessorTime: true });
  });

  it('are unusable if cut anywhere, and never throw', () => {
    fc.assert(
      fc.property(fc.nat(line.length - 1), (length) => {
        const { records, unusable } = recordsIn(line.slice(0, length));
        expect(records).to.deep.equal([]);
        expect(unusable).to.equal(length < '{"_aws'.length ? 0 : 1);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void recordsIn(`_aws${text}`)));
    fc.assert(fc.property(fc.json({ maxDepth: 20 }), (json) => void recordsIn(`{"_aws":${json}}`)));
  });

  it('are not looked for in JSON that is nested without end', () => {
    expect(recordsIn(`${'['.repeat(200_000)}"_aws"${']'.repeat(200_000)}`)).to.deep.equal({ records: [], unusable: 1 });
  });

  it('are those of workers only', () => {
    expect(recordsIn(line.replace('"service":"worker"', '"service":"other"'))).to.deep.equal({
      records: [],
      unusable: 1,
    });
  });
});
