import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import sharp from 'sharp';
import { IMAGE_FORMATS, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import { KEPT, MARK, personalFiles } from '../../support/images/personal-metadata.ts';
import { pixelsOf, removeFrom } from '../../support/images/removed-metadata.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';

const run = promisify(execFile);

/** Everything that ExifTool can write, of which each format takes what it has a place for. */
const WRITTEN = [
  ...['GPSLatitude=52.5', 'GPSLatitudeRef=N', `GPSAreaInformation=${MARK}`, `EXIF:SerialNumber=${MARK}`],
  ...[
    `EXIF:Make=${MARK}`,
    `EXIF:ImageDescription=${MARK}`,
    `EXIF:UserComment=${MARK}`,
    'EXIF:DateTimeOriginal=2026:01:02 03:04:05',
  ],
  ...[`XMP-dc:Creator=${MARK}`, `XMP-photoshop:City=${MARK}`, `IPTC:By-line=${MARK}`, `IPTC:City=${MARK}`],
  ...[
    `Comment=${MARK}`,
    `PNG:Author=${MARK}`,
    'PNG:ModifyDate=2026:01:02 03:04:05',
    `Photoshop:URL=https://${MARK}.example`,
  ],
  ...[`EXIF:Artist=${KEPT.artist}`, `EXIF:Copyright=${KEPT.copyright}`, 'EXIF:ColorSpace=sRGB', 'EXIF:Orientation#=6'],
];

/** What may be left, by ExifTool's groups and tags (https://exiftool.org/TagNames/): what says how pixels are stored and shown, and whose they are. */
const LEFT: readonly RegExp[] = [
  /^SourceFile$/,
  /^(System|Composite|ExifTool|RIFF|GIF|Meta|MPF0|MPImage\d|JFIF|PNG-pHYs|Adobe|ICC.*):/,
  /^File:/,
  /^(IFD\d|SubIFD\d*):(ImageWidth|ImageHeight|BitsPerSample|Compression|PhotometricInterpretation|(Strip|Tile)(Offsets|ByteCounts)|TileWidth|TileLength|Orientation|SamplesPerPixel|RowsPerStrip|[XY]Resolution|ResolutionUnit|PlanarConfiguration|Predictor|SampleFormat|SubfileType|JPEGTables|YCbCr\w+|ReferenceBlackWhite|ExtraSamples|PageNumber|Artist|Copyright)$/,
  /^ExifIFD:ColorSpace$/,
  /^PNG:(ImageWidth|ImageHeight|BitDepth|ColorType|Compression|Filter|Interlace|ProfileName|PixelsPerUnit.*|PixelUnits|SRGBRendering|Gamma)$/,
  /^QuickTime:(?!.*Date|Title|Author|Comment|UserComment|XMP)/,
];

/** All that ExifTool finds in a file, unknown tags and embedded files too. */
async function read(path: string): Promise<Record<string, unknown>> {
  const { stdout } = await run('exiftool', ['-a', '-u', '-G1', '-ee', '-j', path]);
  return JSON.parse(stdout)[0];
}

async function writtenFiles(folder: string): Promise<Record<string, Buffer>> {
  const image = sharp({ create: { width: 48, height: 32, channels: 3, background: '#a63' } });
  const files: Record<string, Buffer> = {};
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
    const path = join(folder, `written.${IMAGE_FORMATS[format].extension}`);
    await writeFile(
      path,
      await image
        .clone()
        .toFormat(format, format === 'tiff' ? { compression: 'lzw' } : {})
        .toBuffer(),
    );
    await run('exiftool', ['-q', '-q', '-m', '-overwrite_original', ...WRITTEN.map((each) => `-${each}`), path]);
    expect(JSON.stringify(await read(path)), format).to.include(MARK);
    files[`the ${format} that ExifTool has written`] = await readFile(path);
  }
  return files;
}

describe('ExifTool', () => {
  let folder: TemporaryFolder;

  before(async function () {
    folder = await createTemporaryFolder();
    try {
      await run('exiftool', ['-ver']);
    } catch {
      process.stderr.write(
        '\nSKIPPED: ExifTool reads what is left of metadata, and is not here (apt-get install libimage-exiftool-perl)\n\n',
      );
      this.skip();
    }
  });

  after(() => folder.remove());

  it('finds nothing personal in files from which it is removed, and the pixels are the same', async () => {
    const files = { ...(await personalFiles()), ...(await writtenFiles(folder.path)) };
    for (const [name, file] of Object.entries(files)) {
      const format = sniffFormat(file);
      const path = join(folder.path, `file.${format && IMAGE_FORMATS[format].extension}`);
      const { out } = await removeFrom(file);
      await writeFile(path, out);
      const found = await read(path);
      expect(JSON.stringify(found), name).to.not.include(MARK);
      expect(
        Object.keys(found).filter((tag) => !LEFT.some((left) => left.test(tag))),
        name,
      ).to.deep.equal([]);
      expect(String(found['File:Comment'] ?? '').replaceAll('\0', ''), name).to.equal('');
      expect(found['ExifTool:Error'], name).to.equal(undefined);
      expect((await pixelsOf(out)).equals(await pixelsOf(file)), name).to.equal(true);
    }
  });
});
