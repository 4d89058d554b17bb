import { expect } from 'chai';
import fc from 'fast-check';
import { recordsIn } from '../../../../../scripts/cost/workloads/measured/embedded-records.ts';
import { messagesOf, openImageSample } from '../../../../../scripts/cost/workloads/measured/image-sample.ts';
import { createImageId } from '../../../../../shared/domain/image-id.ts';
import { metricLine } from '../../../../support/cost/metric-records.ts';
import { renditionMeasurements } from '../../../../support/measurements.ts';

const [RECORD = expect.fail()] = recordsIn(metricLine('2026-11-02T05:00Z')).records;

/** An id whose hash no test has chosen, from a number. */
const idOf = (number: number) => `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

describe('the sample of images', () => {
  it('has all images while they are few', () => {
    const sample = openImageSample();
    for (let number = 0; number < 1000; number += 1) sample.add({ ...RECORD, imageId: idOf(number) });
    expect([sample.images().length, sample.factor()]).to.deep.equal([1000, 1]);
  });

  it('never has more than it may, and stands for about as many as there are', () => {
    const sample = openImageSample({ images: 1000, messages: 1e6 });
    for (let number = 0; number < 50_000; number += 1) sample.add({ ...RECORD, imageId: idOf(number) });
    expect(sample.images().length).to.be.within(450, 1000);
    // The standard error is 1.2 / √1000, which is 4 %; the ids are the same in each run.
    expect(sample.images().length * sample.factor()).to.be.within(45_000, 55_000);
  });

  it('has an image with all of its messages or not at all, whatever the order', () => {
    const numbers = fc.shuffledSubarray(
      Array.from({ length: 600 }, (_, index) => index),
      { minLength: 600 },
    );
    fc.assert(
      fc.property(numbers, (order) => {
        const sample = openImageSample({ images: 50, messages: 1e6 });
        for (const number of order)
          sample.add({ ...RECORD, imageId: idOf(number % 200), requestId: `request-${Math.floor(number / 200)}` });
        expect(sample.images().length).to.be.within(1, 50);
        for (const image of sample.images()) expect(image.messages.size).to.equal(3);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a bounded number of messages, of one image too', () => {
    const sample = openImageSample({ images: 1000, messages: 5000 });
    const imageId = createImageId();
    let counted = 0;
    for (let number = 0; number < 3000; number += 1)
      if (sample.add({ ...RECORD, imageId, requestId: `request-${number}` })) counted += 1;
    expect([counted, sample.images()[0]?.messages.size]).to.deep.equal([1000, 1000]);
    for (let number = 0; number < 10_000; number += 1)
      sample.add({ ...RECORD, imageId: idOf(number % 500), requestId: `request-${number}` });
    expect(sample.images().reduce((sum, { messages }) => sum + messages.size, 0)).to.be.at.most(5000);
  });

  it('takes the first message for the upload, in whichever order they come', () => {
    const times = ['07', '05', '06'].map((hour) => `2026-11-02T${hour}:00Z`);
    const sample = openImageSample();
    for (const [index, time] of times.entries()) {
      const [record = expect.fail()] = recordsIn(
        metricLine(time, { imageId: RECORD.imageId, renditions: [renditionMeasurements({ name: `r${index}` })] }),
      ).records;
      sample.add(record);
    }
    const { upload, later } = messagesOf(sample.images()[0] ?? expect.fail());
    expect(upload?.at).to.equal(Date.parse('2026-11-02T05:00Z'));
    expect(later).to.have.length(2);
  });
});
