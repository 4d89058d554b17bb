import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { gainMapXmp } from '../../../../shared/uploads/metadata/gain-map-xmp.ts';
import { gainMapXmpOf, primaryXmp, ultraHdr } from '../../../support/images/gain-maps.ts';
import { MARK } from '../../../support/images/personal-metadata.ts';
import { removeFrom } from '../../../support/images/removed-metadata.ts';

const kept = (xmp: string): string | undefined => gainMapXmp(Buffer.from(xmp))?.toString('latin1').trim();

/** The worker, whose tests may run in the same process, does without this loader. */
const LOADER = { operation: ['VipsForeignLoadUhdr'] };

describe('the XMP of a gain map', () => {
  before(() => sharp.unblock(LOADER));
  after(() => sharp.block(LOADER));

  it('keeps its numbers and the lengths of both pictures, in as many bytes, and nothing else', () => {
    const map = gainMapXmpOf(MARK);
    expect(gainMapXmp(Buffer.from(map))).to.have.lengthOf(map.length);
    for (const fact of ['GainMapMax="2.5"', 'OffsetHDR="1.5e-2"', 'BaseRenditionIsHDR="False"'])
      expect(kept(map)).to.include(`hdrgm:${fact}`);
    const primary = kept(primaryXmp(4321, MARK));
    expect(primary).to.include('Item:Length="4321"').and.to.include('xmlns:Item=');
    for (const xmp of [kept(map), primary]) expect(xmp).to.not.match(new RegExp(`${MARK}|dc:|MotionPhoto`));
  });

  it('keeps numbers of three channels', () => {
    const element = (third: string) =>
      `<hdrgm:GainMapMax><rdf:Seq>${['2.25', '2.5', third].map((each) => `<rdf:li>${each}</rdf:li>`).join('')}</rdf:Seq></hdrgm:GainMapMax>`;
    expect(kept(gainMapXmpOf(MARK, { element: element('-2.75') }))).to.include(element('-2.75'));
    expect(kept(gainMapXmpOf(MARK, { element: element(MARK) }))).to.not.include('GainMapMax');
  });

  it('keeps no number that is none', () => {
    expect(kept(gainMapXmpOf('', { attribute: MARK }))).to.not.include('GainMapMax');
  });

  it('is nothing where there is no gain map, or no room', () => {
    expect(kept('<x:xmpmeta/>')).to.equal(undefined);
    expect(kept('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"')).to.equal(undefined);
  });

  it('is read by a library for such pictures as before', async () => {
    const file = await ultraHdr(MARK);
    const { out } = await removeFrom(file);
    expect(out.includes(MARK)).to.equal(false);
    for (const each of [file, out]) expect((await sharp(each).metadata()).gainMap).to.have.property('image');
  });

  it('is not needed where the numbers are those of ISO 21496-1, which stay', async () => {
    const pixels = new Float32Array(64 * 64 * 3).map((_, at) => (at % 192) / 48);
    const image = sharp(pixels, { raw: { width: 64, height: 64, channels: 3 } }).pipelineColourspace('scrgb');
    // The types of sharp lack it.
    const withGainMap = (image as unknown as { withGainMap(): Sharp }).withGainMap();
    const file = await withGainMap.jpeg().toBuffer();
    const { out } = await removeFrom(file);
    for (const each of [file, out]) {
      expect((await sharp(each).metadata()).gainMap).to.have.property('image');
      expect(each.includes('urn:iso:std:iso:ts:21496:-1')).to.equal(true);
    }
    expect(out.includes('libuhdr')).to.equal(false);
  });
});
