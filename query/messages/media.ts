import type { MessagePart } from '../contract/index.ts';
import { base64Bytes, dataUrl, isObject, type Json, pick, pickText } from './value.ts';

type Media = Extract<MessagePart, { type: 'media' }>;

const media = (mimeType: string | null, uri: string | null, bytes: number | null): Media => ({ type: 'media', mimeType, uri, bytes });

/** Where the conventions put a picture, sound or file inside a part of that type. */
const HOLDERS = [
  'image_url',
  'input_audio',
  'source',
  'image',
  'audio',
  'video',
  'file',
  'inlineData',
  'inline_data',
  'fileData',
  'file_data',
];
const PLACES = [
  'url',
  'uri',
  'fileUri',
  'file_uri',
  'image_url',
  'data',
  'content',
  'base64',
  'image',
  'file_data',
  'file_id',
  'fileId',
  'id',
];

const MAX_HOLDERS = 4;

/** A picture, sound or file: its type, address and size, never its bytes. */
export function mediaPart(part: Json, depth = 0): Media {
  const mime = mimeType(part);
  const place = pick(part, ...PLACES, ...HOLDERS);
  if (typeof place === 'string') return located(place, mime, part);
  const bytes = byteArraySize(place);
  if (bytes !== null || !isObject(place) || depth >= MAX_HOLDERS) return media(mime, null, bytes);
  const inner = mediaPart(place, depth + 1);
  return { ...inner, mimeType: inner.mimeType ?? mime };
}

/** An address is kept; anything else in that place is the content itself, in base64, unless the field is one of ids. */
function located(place: string, mime: string | null, part: Json): Media {
  const url = dataUrl(place);
  if (url) return media(url.mimeType ?? mime, null, url.bytes);
  if (/^[a-z][a-z0-9+.-]{1,20}:/i.test(place)) return media(mime, place, null);
  const isId = pickText(part, 'file_id', 'fileId', 'id') === place;
  return isId ? media(mime, place, null) : media(mime, null, base64Bytes(place));
}

function mimeType(part: Json): string | null {
  const named = pickText(part, 'mime_type', 'mimeType', 'mediaType', 'media_type');
  if (named) return named;
  const format = pickText(part, 'format');
  if (format) return `audio/${format}`;
  return pickText(part, 'modality');
}

/** Bytes that went through JSON as `[137,80]`, `{"0":137,"1":80}` or `{"type":"Buffer","data":[137,80]}`; null for anything else. */
function byteArraySize(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  if (!isObject(value)) return null;
  if (Array.isArray(value.data)) return value.data.length;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key)) ? keys.length : null;
}
