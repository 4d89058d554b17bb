import type { ImageFormat } from '../../shared/domain/formats/image-format.ts';

/** A picture as the service made it. */
export interface Shown {
  /** Its name in the folder of pictures. */
  file: string;
  format: ImageFormat;
  /** Pixels. */
  width: number;
  height: number;
  /** Bytes. */
  contentLength: number;
  /** What `maxBytes` led to. */
  quality?: number;
}

/** All that the documentation shows of a run of the service. */
export interface Album {
  /** Of the photograph. */
  placeholder: string;
  dominantColor: string;
  pictures: Record<string, Shown>;
}
