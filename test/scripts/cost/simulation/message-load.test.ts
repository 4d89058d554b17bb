import { expect } from 'chai';
import { contextOf } from '../../../../scripts/cost/model/cost-model.ts';
import { busiestHour, meanVcpuSeconds } from '../../../../scripts/cost/simulation/message-load.ts';
import type { Workload } from '../../../../scripts/cost/workloads/workload.ts';
import { fixedPrices } from '../../../support/cost/fixed-prices.ts';
import { PLAIN } from '../../../support/cost/plain-workload.ts';
import { synthesised } from '../../../support/cost/synthesised.ts';

const trafficOf = (workload: Workload) =>
  contextOf({ environment: synthesised('prod'), workload, book: fixedPrices(), month: 13 }).traffic;

const loadOf = (workload: Workload) => busiestHour(trafficOf(workload), workload);

describe('the messages of the busiest hour', () => {
  it('are one for each upload, and one for each rendition that is made later or again, in the hour with most of them', () => {
    // A million images a month, half of a day's in one hour. Half a rendition is asked for later for each, and others have expired after 90 days.
    const dailyCurve = [...new Array(23).fill(1), 23];
    const read = { ageCurve: [0.5, 0.1, 0.1, 0.1, 0.1, 0.1], laterRenditionsPerImage: 0.5 };
    const { messagesPerSecond, kinds } = loadOf({ ...PLAIN, ...read, dailyCurve });
    const days = 730 / 24;
    const { operations } = trafficOf({ ...PLAIN, ...read });
    const messages = 1e6 + operations.processRendition;
    expect(operations.processRendition).to.be.greaterThan(500_000);
    expect(messagesPerSecond).to.be.closeTo(messages / days / 2 / 3600, 1e-6);
    expect(kinds).to.deep.equal([
      { share: 1e6 / messages, vcpuSeconds: 1 },
      { share: operations.processRendition / messages, vcpuSeconds: 0.25 },
    ]);
    expect(meanVcpuSeconds({ kinds })).to.be.closeTo((1e6 + operations.processRendition * 0.25) / messages, 1e-9);
  });

  it('have no kind that nobody sends, and are none without renditions', () => {
    const unread = { ...PLAIN, readsPerImage: { original: 0, rendition: 0 } };
    expect(loadOf(unread).kinds.map(({ share }) => share)).to.deep.equal([1]);
    expect(loadOf({ ...unread, renditions: [] })).to.deep.equal({ messagesPerSecond: 0, kinds: [] });
  });
});
