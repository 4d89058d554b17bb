/** Bytes of an ANMF chunk before the chunks of its frame (https://developers.google.com/speed/webp/docs/riff_container). */
export const FRAME_HEAD_BYTES = 16;
