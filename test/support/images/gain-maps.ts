import sharp from 'sharp';
import { jpegWith, XMP_SIGNATURE } from './exif-bytes.ts';
import { pictureIndex } from './personal-metadata.ts';

const W3 = 'xmlns:x="adobe:ns:meta/"';
const SPACES = [
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
  'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"',
  'xmlns:Container="http://ns.google.com/photos/1.0/container/"',
  'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"',
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
].join(' ');

const xmpOf = (attributes: string, elements: string): string =>
  `<x:xmpmeta ${W3} x:xmptk="Adobe XMP Core 5.1.2"><rdf:RDF ${SPACES}><rdf:Description rdf:about="" ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta>`;

/** XMP of the first picture, with the length of the second and a text beside it. */
export const primaryXmp = (length: number, text: string): string =>
  xmpOf(
    `hdrgm:Version="1.0" dc:creator="${text}"`,
    '<Container:Directory><rdf:Seq>' +
      '<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li>' +
      `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${length}"/></rdf:li>` +
      `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="MotionPhoto" Item:Mime="video/mp4" Item:Length="99"/></rdf:li>` +
      `</rdf:Seq></Container:Directory><dc:title>${text}</dc:title>`,
  );

/** XMP of the picture that is the gain map, with a text beside its numbers. `most` is the largest gain, an attribute or an element. */
export const gainMapXmpOf = (
  text: string,
  most: { attribute?: string; element?: string } = { attribute: '2.5' },
): string =>
  xmpOf(
    `hdrgm:Version="1.0" hdrgm:GainMapMin="0" ${most.attribute ? `hdrgm:GainMapMax="${most.attribute}" ` : ''}hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" hdrgm:OffsetHDR="1.5e-2" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="2.5" hdrgm:BaseRenditionIsHDR="False" dc:creator="${text}"`,
    `${most.element ?? ''}<dc:title>${text}</dc:title>`,
  );

/** A JPEG with a gain map that only XMP describes, as older phones write it, and with a text in both pictures. */
export async function ultraHdr(text: string): Promise<Buffer> {
  const picture = (width: number, background: string) =>
    sharp({ create: { width, height: width, channels: 3, background } })
      .jpeg()
      .toBuffer();
  const map = jpegWith(await picture(32, '#888'), XMP_SIGNATURE, Buffer.from(gainMapXmpOf(text)));
  const plain = jpegWith(await picture(64, '#a63'), XMP_SIGNATURE, Buffer.from(primaryXmp(map.length, text)));
  const index = (first: number) =>
    pictureIndex([
      [first, 0],
      [map.length, first - 10],
    ]);
  const first = plain.length + index(10).length;
  return Buffer.concat([plain.subarray(0, 2), index(first), plain.subarray(2), map]);
}
