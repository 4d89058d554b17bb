import { expect } from 'chai';

/** A record, as CloudWatch Logs reads it. */
export interface EmbeddedRecord {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
  [member: string]: unknown;
}

/** The units of PutMetricData that this project uses. */
const UNITS = ['Count', 'Milliseconds', 'Bytes'];

/**
 * Reads a line by the rules of the format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function readEmbeddedRecord(line: string): EmbeddedRecord {
  expect(line)
    .to.match(/^\{.*\}$/)
    .and.to.not.include('\n');
  const record: EmbeddedRecord = JSON.parse(line);
  expect(Object.keys(record._aws)).to.have.members(['Timestamp', 'CloudWatchMetrics']);
  // Older than two weeks, or more than two hours ahead, is not taken.
  expect(record._aws.Timestamp % 1).to.equal(0);
  expect(record._aws.Timestamp).to.be.within(Date.now() - 60_000, Date.now());
  expect(record._aws.CloudWatchMetrics).to.have.length(1);
  for (const directive of record._aws.CloudWatchMetrics) {
    expect(Object.keys(directive)).to.have.members(['Namespace', 'Dimensions', 'Metrics']);
    expect(directive.Namespace).to.match(/^[\w./#:-]{1,255}$/);
    for (const dimensions of directive.Dimensions) expectDimensions(dimensions, record);
    expect(directive.Metrics.length).to.be.within(1, 100);
    for (const metric of directive.Metrics) expectMetric(metric, record);
    const names = directive.Metrics.map(({ Name }) => Name);
    expect(new Set(names).size).to.equal(names.length);
  }
  return record;
}

function expectDimensions(names: string[], record: EmbeddedRecord): void {
  expect(names.length).to.be.at.most(30);
  for (const name of names) {
    expect(name).to.match(/^[^\s:][^\s]{0,249}$/);
    expect(record[name], name)
      .to.be.a('string')
      .and.match(/^\S.{0,1023}$/);
  }
}

function expectMetric(metric: { Name: string; Unit: string }, record: EmbeddedRecord): void {
  expect(Object.keys(metric)).to.have.members(['Name', 'Unit']);
  expect(metric.Name).to.match(/^\S{1,255}$/);
  expect(UNITS).to.include(metric.Unit);
  const values = [record[metric.Name]].flat();
  expect(values.length, metric.Name).to.be.within(1, 100);
  for (const value of values)
    expect(value, metric.Name)
      .to.be.a('number')
      .and.to.be.within(0, 2 ** 360);
}
