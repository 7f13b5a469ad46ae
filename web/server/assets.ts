import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { type FilesOf, readBuildManifest } from './build-manifest.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set([
  '.css',
  '.html',
  '.js',
  '.json',
  '.map',
  '.svg',
  '.txt',
  '.webmanifest',
]);
/** About a tenth larger than at 11, and fast enough to do while the first visitor waits. */
const BROTLI_QUALITY = 6;

const MANIFEST = '/.vite/manifest.json';

type Encoding = 'br' | 'gzip';

/** One built file, whole in memory. */
interface Asset {
  bytes: Buffer;
  type: string;
  etag: string;
  /** The build named it by its content. */
  immutable: boolean;
  compressible: boolean;
  encoded: Map<Encoding, Promise<Buffer>>;
}

/**
 * The built web page. Files are read once and served by exact name, so no request ever reaches
 * the file system.
 */
export interface Assets {
  /** The page's HTML; null when the page has not been built. */
  indexHtml: string | null;
  filesOf: FilesOf;
  has(path: string): boolean;
  /** False: there is no such file. */
  serve(path: string, req: Request, res: Response): Promise<boolean>;
}

export function readAssets(directory: string): Assets {
  const files = new Map<string, Asset>();
  for (const path of listFiles(directory)) {
    if (!/\.(br|gz)$/.test(path)) files.set(`/${path}`, readAsset(directory, path));
  }
  const indexHtml = files.get('/index.html')?.bytes.toString('utf8') ?? null;
  const manifest = files.get(MANIFEST)?.bytes.toString('utf8') ?? null;
  files.delete('/index.html');
  files.delete(MANIFEST);
  return {
    indexHtml,
    filesOf: readBuildManifest(manifest),
    has: (path) => files.has(path),
    async serve(path, req, res) {
      const asset = files.get(path);
      if (asset === undefined) return false;
      await answer(asset, req, res);
      return true;
    },
  };
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
  } catch {
    return [];
  }
}

function readAsset(directory: string, path: string): Asset {
  const bytes = readFileSync(join(directory, path));
  const encoded = new Map<Encoding, Promise<Buffer>>();
  for (const [encoding, suffix] of [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const) {
    const prepared = readIfThere(join(directory, path + suffix));
    if (prepared !== null) encoded.set(encoding, Promise.resolve(prepared));
  }
  return {
    bytes,
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 20),
    immutable: path.startsWith('assets/'),
    compressible: COMPRESSED.has(extname(path)),
    encoded,
  };
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

async function answer(asset: Asset, req: Request, res: Response): Promise<void> {
  res.set({
    'Content-Type': asset.type,
    'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  const encoding = asset.compressible ? acceptedEncoding(req) : null;
  if (asset.compressible) res.vary('Accept-Encoding');
  res.set('ETag', `"${asset.etag}${encoding === null ? '' : `-${encoding}`}"`);
  if (req.fresh) return void res.status(304).end();
  if (encoding !== null) res.set('Content-Encoding', encoding);
  res.end(encoding === null ? asset.bytes : await encode(asset, encoding));
}

/** Ours to choose among equals: browsers name gzip first. */
const acceptedEncoding = (req: Request): Encoding | null =>
  (['br', 'gzip'] as const).find((one) => req.acceptsEncodings(one) === one) ?? null;

function encode(asset: Asset, encoding: Encoding): Promise<Buffer> {
  const kept = asset.encoded.get(encoding) ?? compress(asset.bytes, encoding);
  asset.encoded.set(encoding, kept);
  return kept;
}

function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(bytes);
  return promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
  });
}
